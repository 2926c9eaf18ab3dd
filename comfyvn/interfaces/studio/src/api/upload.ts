import { actor, gone, newId } from "./connection";
import { Away, Problem } from "./problems";

export type Uploading = {
  /** Called with the share that is sent, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
};

/**
 * Send a form with files; fetch cannot tell how far it is, so this is the older way.
 *
 * Throws Problem where it was refused, Away where nobody answers, and what `signal` was aborted with.
 */
export function upload<T>(url: string, form: FormData, { onProgress, signal }: Uploading = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("X-Actor", actor());
    request.setRequestHeader("Idempotency-Key", newId() + newId());
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total ? loaded / total : 0);
    request.onload = () => {
      if (request.status < 300) resolve(request.response as T);
      else reject(problem(request));
    };
    request.onerror = () => {
      gone();
      reject(new Away());
    };
    request.onabort = () => reject(signal?.reason ?? new DOMException("Stopped", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

function problem({ status, response }: XMLHttpRequest): Problem {
  const body = (response ?? {}) as Record<string, unknown>;
  return new Problem(status, String(body.code ?? "http_error"), String(body.detail ?? status), body);
}
