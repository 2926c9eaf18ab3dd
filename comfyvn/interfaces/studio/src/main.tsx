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

if (import.meta.env.PROD) void navigator.serviceWorker?.register("/sw.js").catch(() => {});
