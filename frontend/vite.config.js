// Builds the pages' styles and scripts into yishi/web/static/built/ under stable names
// (whitenoise adds the hashes), and copies the fonts for PDF into fonts-built/.
//
// Two faces, two bundles: `door` (the public door: small, for old phones) and `desk` (the inner desks).
//
// `./run dev` keeps this running with --watch: files as always instead of vite's own server, because the pages' policy (CSP)
// allows no style or script from another origin or inside a page. The sheets are then whole and not made small: purging
// takes a second, and a class that a template names for the first time has its rule already.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";

import { PurgeCSS } from "purgecss";
import { build, defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const web = resolve(here, "../yishi/web");

const watching = process.argv.includes("--watch");

const OUT = join(web, "static/built");
const TARGET = ["chrome87", "safari13"];

// Chinese; Japanese, which carries letters of Extension B such as 𠮷; Yi, Tibetan, Lisu, Tai Le, New Tai Lue.
const FONTS = [
  "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
  "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
  "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
  "@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
  "@expo-google-fonts/noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf",
  "@expo-google-fonts/noto-sans-yi/400Regular/NotoSansYi_400Regular.ttf",
  "@expo-google-fonts/noto-serif-tibetan/400Regular/NotoSerifTibetan_400Regular.ttf",
  "@expo-google-fonts/noto-sans-lisu/400Regular/NotoSansLisu_400Regular.ttf",
  "@fontsource/noto-sans-tai-le/files/noto-sans-tai-le-tai-le-400-normal.woff",
  "@fontsource/noto-sans-new-tai-lue/files/noto-sans-new-tai-lue-new-tai-lue-400-normal.woff",
];

// Classes that no template or script spells out whole (`badge bg-{{ kind }}`), and Bootstrap's states.
const KEEP = {
  standard: ["show", "showing", "hide", "fade", "collapsing", "collapsed", "modal-open", "active", "disabled", "is-invalid"],
  greedy: [/^alert-(success|info|warning|danger|error|debug)$/, /^(spine|clock|tag|elder|shade)-/],
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
        const name = font.split("/").pop().replace(/\.woff$/, ".ttf");
        writeFileSync(join(here, "fonts-built", name), unwrapped(readFileSync(join(here, "node_modules", font))));
      }
    },
  };
}

// WOFF 1.0 as the TrueType font that it wraps (https://www.w3.org/TR/WOFF/): its tables, each deflated by itself.
export function unwrapped(font) {
  if (font.toString("latin1", 0, 4) !== "wOFF") return font;
  const count = font.readUInt16BE(12);
  const power = 2 ** Math.floor(Math.log2(count));
  const head = Buffer.alloc(12 + 16 * count);
  font.copy(head, 0, 4, 8);
  [count, 16 * power, Math.log2(power), 16 * (count - power)].forEach((number, at) => head.writeUInt16BE(number, 4 + 2 * at));
  const tables = [head];
  let start = head.length;
  for (let number = 0; number < count; number += 1) {
    const entry = 44 + 20 * number;
    const [offset, packed, length, sum] = [4, 8, 12, 16].map((at) => font.readUInt32BE(entry + at));
    const data = font.subarray(offset, offset + packed);
    font.copy(head, 12 + 16 * number, entry, entry + 4);
    [sum, start, length].forEach((value, at) => head.writeUInt32BE(value, 16 + 16 * number + 4 * at));
    const table = Buffer.concat([packed < length ? inflateSync(data) : data, Buffer.alloc(-length & 3)]);
    tables.push(table);
    start += table.length;
  }
  return Buffer.concat(tables);
}

// Each face's script is one file, without shared chunks: on a slow line one request is better than two.
function scripts(...names) {
  let begun = false;
  return {
    name: "scripts",
    async closeBundle() {
      if (watching && begun) return; // each script has a watcher of its own
      begun = true;
      for (const name of names) {
        await build({
          configFile: false,
          publicDir: false,
          logLevel: "warn",
          build: {
            outDir: OUT,
            emptyOutDir: false,
            target: TARGET,
            watch: watching ? {} : null,
            rolldownOptions: {
              input: join(here, `src/${name}.js`),
              output: { format: "iife", entryFileNames: `${name}.js` },
            },
          },
        });
      }
    },
  };
}

export default defineConfig({
  root: join(here, "src"),
  base: "./",
  publicDir: false,
  logLevel: "warn",
  plugins: [watching ? [] : purge(), scripts("door", "desk", "charts"), watching ? [] : fonts()],
  build: {
    outDir: OUT,
    emptyOutDir: !watching, // a page that is loaded meanwhile finds its files
    target: TARGET,
    cssMinify: !watching,
    cssCodeSplit: true,
    modulePreload: false,
    assetsInlineLimit: 4096,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: { door: join(here, "src/door.css"), desk: join(here, "src/desk.css") },
      output: { assetFileNames: "[name][extname]" },
    },
  },
});
