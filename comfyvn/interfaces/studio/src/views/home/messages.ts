import { messages } from "@/i18n/messages";

export const homeText = messages({
  en: {
    title: "Home",
    projects: "Your projects",
    none: "No project yet",
    noneText: "Found one, or bring in a game that exists.",
    found: "New project",
    open: "Open {name}",
    recent: "Latest changes in {name}",
    nothing: "Nothing was changed yet.",
    scenes: "{count|# scene|# scenes}",
    since: "since {when}",
    events: "{count|# event|# events}",
    go: "Write",
    keys: "Ctrl+K finds everything, ? shows all keys.",
  },
  de: {
    title: "Anfang",
    projects: "Deine Projekte",
    none: "Noch kein Projekt",
    noneText: "Gründe eines, oder hole ein vorhandenes Spiel herein.",
    found: "Neues Projekt",
    open: "{name} öffnen",
    recent: "Letzte Änderungen in {name}",
    nothing: "Noch wurde nichts geändert.",
    scenes: "{count|# Szene|# Szenen}",
    since: "seit {when}",
    events: "{count|# Ereignis|# Ereignisse}",
    go: "Schreiben",
    keys: "Strg+K findet alles, ? zeigt alle Tasten.",
  },
});
