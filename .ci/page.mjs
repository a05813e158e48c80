// The page that a project publishes, opened in Chromium.
//
// At the width of a phone and of a desk, in light and in dark, and without JavaScript: nothing is
// fetched, nothing is said on the console, axe-core finds nothing, nothing is wider than the window but
// what scrolls by itself, and the filters filter. A parser that reports errors reads each page, and on
// the page that strangers wrote there is no element, attribute or address that we did not write.
//
// Pictures stay in TOOLS/page. Usage: page.mjs TOOLS PATCHLINE

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const PACKAGES = ["puppeteer-core@25.16.0", "axe-core@4.14.1", "parse5@8.0.0"];
const MOST_BYTES = 1_000_000;
// A page that takes longer than this on the slowest machine that checks it is not opened fast.
const MOST_SECONDS = 8;
const WIDTHS = { phone: 390, desk: 1280 };
// A picture of all of a large page helps nobody.
const TALLEST = 9000;

const [tools, patchline] = process.argv.slice(2).map((name) => path.resolve(name));
const home = path.join(tools, "page");
const problems = [];

function problem(where, what) {
  problems.push(`${where}: ${what}`);
}

// What is needed.

function brought(program) {
  const found = () => {
    try {
      return execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
    } catch {
      return "";
    }
  };
  if (!found()) {
    const quiet = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    for (const command of [
      ["apt-get", "update", "--quiet=2"],
      ["apt-get", "install", "--quiet=2", "--yes", "--no-install-recommends", program, "fonts-dejavu-core"],
    ]) {
      try {
        execFileSync(command[0], command.slice(1), quiet);
      } catch {
        // It is not there afterwards, and that is said.
      }
    }
  }
  return found();
}

const chromium = brought("chromium");
if (!chromium) {
  console.log("skipped: chromium is not to be had");
  process.exit(0);
}
fs.mkdirSync(home, { recursive: true });
const stamp = path.join(home, "packages");
if (!fs.existsSync(stamp) || fs.readFileSync(stamp, "utf8") !== PACKAGES.join(" ")) {
  const install = ["install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", home];
  execFileSync("npm", [...install, ...PACKAGES], { stdio: "inherit" });
  fs.writeFileSync(stamp, PACKAGES.join(" "));
}
const require = createRequire(path.join(home, "node_modules/"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { default: puppeteer } = await load("puppeteer-core");
const parse5 = await load("parse5");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// The pages.

function made(name, args, options = {}) {
  const file = path.join(home, `${name}.html`);
  // Whatever the outcome: the page is wanted.
  const text = execFileSync(patchline, args, { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"], ...options });
  fs.writeFileSync(file, text);
  return { name, file };
}

function pages() {
  const demo = path.join(home, "demo");
  fs.rmSync(demo, { recursive: true, force: true });
  execFileSync(patchline, ["demo", "--keep", demo], { stdio: "ignore" });
  const report = (repo, db, day) => ["report", "--repo", repo, "--db", `rustsec=${db}`, "--as-of", day, "--exit-zero", "--offline"];
  const found = [made("demo", report(path.join(demo, "ferry.git"), path.join(demo, "advisory-db"), "2025-01-06"))];
  const real = path.join(tools, "real");
  if (fs.existsSync(path.join(real, "repo"))) {
    found.push(made("tikv", report(path.join(real, "repo"), path.join(real, "db"), "2026-08-22")));
  }
  // The tests leave these.
  const tmp = path.resolve(path.dirname(patchline), "../tmp");
  for (const name of ["synthetic", "hostile", "blind"]) {
    const file = path.join(tmp, `${name}.html`);
    if (fs.existsSync(file)) found.push({ name, file });
    else problem(name, `the tests left no ${file}`);
  }
  return found;
}

// What is looked at.

const ELEMENTS = new Set(
  ("html head meta title style body a header div p h1 svg circle path strong span time dl dt dd nav ul li main section h2 h3 " +
    "rect b br i code details summary fieldset legend label select option table caption thead tbody tr th td footer " +
    "use g line text desc small").split(" "),
);
const ATTRIBUTES = new Set(
  ("lang charset http-equiv content name class href id tabindex viewBox aria-hidden aria-label aria-labelledby role datetime cx cy r d " +
    "x y x1 x2 y1 y2 width height for value autocomplete scope colspan text-anchor preserveAspectRatio").split(" "),
);

function read({ name, file }) {
  const html = fs.readFileSync(file, "utf8");
  const bytes = Buffer.byteLength(html);
  if (bytes >= MOST_BYTES) problem(name, `${bytes} bytes`);
  const errors = [];
  const document = parse5.parse(html, { sourceCodeLocationInfo: true, onParseError: (error) => errors.push(error) });
  for (const error of errors.slice(0, 5)) problem(name, `row ${error.startLine}: ${error.code}`);
  const visit = (node) => {
    if (node.tagName) {
      if (!ELEMENTS.has(node.tagName)) problem(name, `<${node.tagName}> is none of ours`);
      for (const { name: attribute, value } of node.attrs) {
        if (!ATTRIBUTES.has(attribute)) problem(name, `<${node.tagName} ${attribute}> is none of ours`);
        if (attribute === "href" && !/^(#[a-z][a-z0-9-]*$|https?:\/\/[A-Za-z0-9.:-]+([/?#]|$))/.test(value)) {
          problem(name, `a link to ${value}`);
        }
      }
    }
    for (const child of node.childNodes ?? []) visit(child);
  };
  visit(document);
  if (/[\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(html)) {
    problem(name, "an invisible character is on the page");
  }
  return bytes;
}

async function look(browser, { name, file }, bytes) {
  const url = pathToFileURL(file).href;
  const seen = [];
  for (const [kind, width] of Object.entries(WIDTHS)) {
    for (const scheme of ["light", "dark"]) {
      const where = `${name}, ${kind}, ${scheme}`;
      const page = await browser.newPage();
      page.on("console", (message) => problem(where, `console: ${message.text()}`));
      page.on("pageerror", (error) => problem(where, `error: ${error}`));
      page.on("request", (request) => request.url() !== url && problem(where, `request: ${request.url()}`));
      page.on("requestfailed", (request) => problem(where, `failed request: ${request.url()}`));
      await page.setViewport({ width, height: 900, isMobile: kind === "phone", hasTouch: kind === "phone" });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const started = performance.now();
      await page.goto(url, { waitUntil: "load" });
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const seconds = (performance.now() - started) / 1000;
      seen.push(`${kind} ${scheme} ${seconds.toFixed(2)} s`);
      if (seconds > MOST_SECONDS) problem(where, `it took ${seconds.toFixed(1)} s to open`);

      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) problem(where, `the page is ${over} pixels too wide`);
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.screenshot({
        path: path.join(home, `${name}-${kind}-${scheme}.png`),
        clip: { x: 0, y: 0, width, height: Math.min(height, TALLEST) },
        captureBeyondViewport: true,
      });
      await filters(page, where);
      // What is folded has to be accessible, too. Of a large page a part stands for the rest.
      await page.evaluate(() => [...document.querySelectorAll("details")].slice(0, 60).forEach((fold) => (fold.open = true)));
      await page.evaluate(axe);
      const violations = await page.evaluate(async (isLarge) => {
        const rows = document.querySelectorAll(".matrix tr.a, .lanes tbody, .all tbody, .each>details");
        // Rows are alike, and axe looks at each color of each.
        if (isLarge) rows.forEach((row, at) => at % 12 && row.remove());
        const result = await axe.run(document, { resultTypes: ["violations"] });
        return result.violations.map((v) => `${v.id}: ${v.nodes.length} × ${v.help}: ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary.slice(0, 300)}`);
      }, bytes > 300_000);
      for (const violation of violations) problem(where, violation);
      await page.close();
    }
  }
  return seen;
}

// A choice hides rows, and every combination shows what it says.
async function filters(page, where) {
  const visible = () => page.$$eval(".matrix tr.a", (rows) => rows.filter((row) => row.getClientRects().length).length);
  const options = (name) => page.$$eval(`#f-${name} option`, (all) => all.map((option) => option.textContent.trim())).catch(() => []);
  const all = await visible();
  const [severities, states, lines] = await Promise.all(["severity", "status", "line"].map(options));
  if (states.length < 2 || all > 400) return;
  const first = async (name, value) => (await page.$(`#f-${name}`)) && page.select(`#f-${name}`, value);
  let sum = 0;
  for (let at = 1; at < severities.length; at++) {
    await first("severity", String(at));
    sum += await visible();
  }
  if (severities.length > 1 && sum !== all) problem(where, `severities show ${sum} of ${all} rows`);
  await first("severity", "0");
  for (let state = 1; state < states.length; state++) {
    await first("status", String(state));
    const wrong = await page.$$eval(".matrix tr.a", (rows, word) =>
      rows.filter((row) => [...row.cells].slice(2).some((cell) => cell.firstChild?.textContent.trim() === word) !== row.getClientRects().length > 0).length, states[state]);
    if (wrong) problem(where, `${states[state]}: ${wrong} rows are shown or hidden wrongly`);
    for (let line = 1; line < Math.min(lines.length, 4); line++) {
      await first("line", String(line));
      const wrong = await page.$$eval(".matrix tr.a", (rows, word, at) =>
        rows.filter((row) => (row.cells[at + 1].firstChild?.textContent.trim() === word) !== row.getClientRects().length > 0).length, states[state], line);
      if (wrong) problem(where, `${states[state]} on ${lines[line]}: ${wrong} rows are shown or hidden wrongly`);
      // Below the table stands what is known of the same advisories and of no others.
      const apart = await page.$$eval(".matrix tr.a a", (links) => links.filter((link) => {
        const told = document.querySelector(`${link.getAttribute("href")}`)?.closest("details.a");
        return told && (told.getClientRects().length > 0) !== (link.closest("tr").getClientRects().length > 0);
      }).length);
      if (apart) problem(where, `${states[state]} on ${lines[line]}: ${apart} advisories are told and not in the table, or the reverse`);
      const columns = await page.$$eval(".matrix thead th", (all) => all.filter((cell) => cell.getClientRects().length).length);
      if (columns !== 3) problem(where, `${lines[line]} alone has ${columns} columns`);
    }
    await first("line", "0");
  }
  await first("status", "0");
  if ((await visible()) !== all) problem(where, "not every row comes back");
}

// Nothing is beyond the edge of a sheet of A4, upright or, where there are many lines, across.
async function paper(page, name) {
  const isAcross = await page.$(".matrix.many");
  const width = Math.floor(((isAcross ? 297 : 210) - 24) / 25.4 * 96);
  await page.emulateMediaType("print");
  await page.setViewport({ width, height: 900 });
  const cut = await page.evaluate((width) =>
    [...document.querySelectorAll("table, th, td, h1, h2, h3, p, li, dd")]
      .filter((part) => {
        const box = part.getBoundingClientRect();
        const isClipped = part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== "visible";
        return box.width && (box.right > width + 1 || isClipped);
      })
      .map((part) => `<${part.tagName.toLowerCase()}> ${part.textContent.trim().slice(0, 60)}`), width);
  for (const part of cut.slice(0, 3)) problem(name, `on paper ${cut.length} parts are cut, such as ${part}`);
  await page.emulateMediaType(null);
}

// The same page where scripts are off, and on paper.
async function without(browser, { name, file }, bytes) {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.setViewport({ width: WIDTHS.desk, height: 900 });
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  await page.screenshot({ path: path.join(home, `${name}-no-script.png`) });
  // A link from the table opens what it leads to.
  const link = await page.$(".matrix tr.a a");
  if (link) {
    await link.click();
    await page.screenshot({ path: path.join(home, `${name}-opened.png`) });
  }
  await paper(page, name);
  // Hundreds of sheets show nothing that a few do not.
  const sheets = bytes < 300_000 ? {} : { pageRanges: "1-6" };
  await page.pdf({ ...sheets, path: path.join(home, `${name}.pdf`), format: "A4", preferCSSPageSize: true, printBackground: true, margin: { top: "14mm", bottom: "14mm", left: "12mm", right: "12mm" } });
  await page.close();
  const again = await browser.newPage();
  await again.goto(`${pathToFileURL(file).href}#a1`, { waitUntil: "load" });
  const isOpen = await again.$eval("#a1", (part) => part.closest("details")?.open ?? true).catch(() => true);
  if (!isOpen) problem(name, "a link to an advisory does not open it");
  await again.close();
}

const browser = await puppeteer.launch({
  executablePath: chromium,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"],
});
try {
  for (const page of pages()) {
    const bytes = read(page);
    const seen = await look(browser, page, bytes);
    await without(browser, page, bytes);
    console.log(`${page.name}: ${Math.ceil(bytes / 1000)} kB; opened: ${seen.join(", ")}`);
  }
} finally {
  await browser.close();
}
for (const found of problems.slice(0, 40)) console.log(`error: ${found}`);
if (problems.length > 40) console.log(`and ${problems.length - 40} more`);
process.exit(problems.length ? 1 : 0);
