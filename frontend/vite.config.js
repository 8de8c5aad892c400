// Builds the pages' styles and scripts into yishi/web/static/built/ under stable names
// (whitenoise adds the hashes), and copies the fonts for PDF into fonts-built/.
//
// Two faces, two bundles: `door` (the public door: small, for old phones) and `desk` (the inner desks).
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { PurgeCSS } from "purgecss";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const web = resolve(here, "../yishi/web");

const FONTS = [
  "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
  "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
  "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
  "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
];

// Classes that no template or script spells out whole (`badge bg-{{ kind }}`), and Bootstrap's states.
const KEEP = {
  standard: ["show", "showing", "hide", "fade", "collapsing", "collapsed", "modal-open", "active", "disabled", "is-invalid"],
  greedy: [/^alert-(success|info|warning|danger|error|debug)$/, /^htmx-/],
};

// Tabler's whole sheet is 630 KB; what our templates and scripts use is a small part of it.
function purge() {
  return {
    name: "purge",
    enforce: "post",
    async generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
        const [result] = await new PurgeCSS().purge({
          content: contents(file.fileName),
          css: [{ raw: String(file.source) }],
          safelist: KEEP,
          variables: true,
          keyframes: true,
          defaultExtractor: (text) => text.match(/[\w-/:.%]+(?<!:)/g) ?? [],
        });
        file.source = result.css;
      }
    },
  };
}

function contents() {
  return [`${web}/**/*.html`, `${web}/**/*.py`, `${here}/src/**/*.js`];
}

function fonts() {
  return {
    name: "fonts",
    closeBundle() {
      mkdirSync(join(here, "fonts-built"), { recursive: true });
      for (const font of FONTS) {
        copyFileSync(join(here, "node_modules/@expo-google-fonts", font), join(here, "fonts-built", font.split("/").pop()));
      }
    },
  };
}

export default defineConfig({
  root: join(here, "src"),
  base: "./",
  publicDir: false,
  logLevel: "warn",
  plugins: [purge(), fonts()],
  build: {
    outDir: join(web, "static/built"),
    emptyOutDir: true,
    target: ["chrome87", "safari13"],
    cssMinify: true,
    cssCodeSplit: true,
    modulePreload: false,
    assetsInlineLimit: 4096,
    rolldownOptions: {
      input: {
        door: join(here, "src/door.js"),
        desk: join(here, "src/desk.js"),
        "door-style": join(here, "src/door.css"),
        "desk-style": join(here, "src/desk.css"),
      },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: (asset) => (asset.names?.[0] ?? "").replace("-style", "") || "[name][extname]",
      },
    },
  },
});
