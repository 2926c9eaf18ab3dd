import { messages } from "@/i18n/messages";

export const machineText = messages({
  en: {
    title: "The server",
    cpu: "Processors",
    memory: "Memory",
    gpuMemory: "Memory of {name}",
    noGpu: "No graphics card was found.",
    disk: "{free} of {total} are free on the disk of your projects.",
    process: "Version {version} on {database}, {memory} of memory, running for {since}.",
  },
  de: {
    title: "Der Server",
    cpu: "Prozessoren",
    memory: "Speicher",
    gpuMemory: "Speicher von {name}",
    noGpu: "Keine Grafikkarte gefunden.",
    disk: "{free} von {total} sind auf dem Datenträger deiner Projekte frei.",
    process: "Version {version} auf {database}, {memory} Speicher, seit {since} in Betrieb.",
  },
});
