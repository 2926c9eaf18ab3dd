import { messages } from "@/i18n/messages";

export const scenesText = messages({
  en: {
    title: "Scenes",
    list: "Scenes of this variant",
    width: "Width of the list",
    none: "No scene yet",
    noneText: "A scene is a stretch of lines, choices and stage directions.",
    choose: "Choose a scene",
    add: "New scene",
    untitled: "Untitled scene",
  },
  de: {
    title: "Szenen",
    list: "Szenen dieser Variante",
    width: "Breite der Liste",
    none: "Noch keine Szene",
    noneText: "Eine Szene ist ein Stück aus Zeilen, Entscheidungen und Regieanweisungen.",
    choose: "Wähle eine Szene",
    add: "Neue Szene",
    untitled: "Szene ohne Titel",
  },
});
