import "@/design/tokens.css";
import "@/design/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { followServer } from "@/api/live";
import { takeOver, told } from "@/api/outbox";
import { queries } from "@/api/queries";
import { toastError } from "@/components/toasts";
import { followPreferences } from "@/design/preferences";
import { App } from "@/shell/App";
import { hearKeys } from "@/shell/commands";
import { shellText } from "@/shell/messages";

followPreferences();
hearKeys();
followServer();
told.refused = ({ label }, problem) => toastError(problem, label || shellText.now("problem"));
void takeOver();

const root = document.getElementById("studio");
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );

/** Have the shell kept, so that the studio opens while the server is away. */
async function keepShell(): Promise<void> {
  const container = navigator.serviceWorker;
  if (!container || !import.meta.env.PROD) return;
  await container.register("/sw.js");
  const { active } = await container.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  active?.postMessage(loaded.filter((url) => new URL(url).pathname.startsWith("/static/")));
}

void keepShell().catch(() => {}); // some browsers offer none in private windows
