// Builds the one script of the pages from src/ into the Python package: `make web`.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = process.argv[2] ?? here("../sample_engineering/report/page.js");

// Whose code it is, and under which licence, goes along with it.
const names = ["diff", "preact", "temml"];
const notices = await Promise.all(
  names.map(async (name) => {
    const { version, license } = JSON.parse(
      await readFile(here(`node_modules/${name}/package.json`), "utf8"),
    );
    const words = (await readFile(here(`node_modules/${name}/LICENSE`), "utf8")).trim();
    return `${name} ${version} (${license})\n\n${words}`;
  }),
);
const banner = [
  "Built from web/ by `make web`; do not edit. Apache-2.0, with these inside:",
  ...notices,
]
  .join("\n\n")
  .replaceAll("*/", "* /");

const built = await build({
  entryPoints: [here("src/main.jsx")],
  bundle: true,
  write: false,
  format: "iife",
  minify: true,
  target: ["chrome109", "firefox115", "safari16.4"],
  charset: "ascii",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  banner: { js: `/*\n${banner}\n*/` },
});
const text = built.outputFiles[0].text;
// The script stands inside an element of a page: nothing in it may end that, or open a comment.
if (/<\/script|<!--|<script/i.test(text)) throw new Error("the script would break its element");
await writeFile(target, text);
console.log(`${target}: ${text.length.toLocaleString("en")} bytes`);
