import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Puts a packed copy beside each text file, so that the server packs nothing while it serves. */
function packed(): Plugin {
  return {
    name: "comfyvn-packed",
    apply: "build",
    async writeBundle({ dir = "" }) {
      for (const file of await readdir(dir, { recursive: true })) {
        if (!/\.(css|html|js|svg|webmanifest)$/.test(file)) continue;
        const content = await readFile(join(dir, file));
        await writeFile(join(dir, `${file}.gz`), gzipSync(content, { level: 9 }));
        const size = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        await writeFile(join(dir, `${file}.br`), brotliCompressSync(content, { params: size }));
      }
    },
  };
}

/** Says in each style sheet which layer wins, whichever of them is loaded first. */
function layered(): Plugin {
  return {
    name: "comfyvn-layered",
    apply: "build",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle))
        if (file.type === "asset" && file.fileName.endsWith(".css")) file.source = `${LAYERS}${file.source}`;
    },
  };
}

const LAYERS = "@layer tokens,base,components,views;";
const server = process.env.COMFYVN_SERVER ?? "http://127.0.0.1:8001";

export default defineConfig({
  plugins: [react(), layered(), packed()],
  resolve: { tsconfigPaths: true },
  build: {
    target: "es2024",
    assetsDir: "static",
    assetsInlineLimit: 0,
    cssMinify: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    license: { fileName: "licences.md" },
  },
  server: {
    proxy: Object.fromEntries(
      [
        "/api",
        "/assets",
        "/bundle",
        "/docs",
        "/events",
        "/export",
        "/health",
        "/jobs",
        "/openapi.json",
        "/replay",
      ]
        .concat(["/roleplay", "/session", "/settings", "/status", "/system", "/vn"])
        .map((path) => [path, server]),
    ),
  },
});
