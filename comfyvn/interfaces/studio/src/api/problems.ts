/** An error that the API told, as problem+json; `code` is stable, further members say more. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
    this.name = "Problem";
  }
}

/** The server does not answer. */
export class Away extends Error {
  constructor() {
    super("The server does not answer.");
    this.name = "Away";
  }
}

/** Return what an answer complains of. */
export async function problemOf(answer: Response): Promise<Problem> {
  try {
    const body: Record<string, unknown> = await answer.json();
    return new Problem(answer.status, String(body.code), String(body.detail), body);
  } catch {
    return new Problem(answer.status, "http_error", `${answer.status} ${answer.statusText}`.trim());
  }
}
