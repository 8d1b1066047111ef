/* A pad in a lesson: the mode that the address names, the frame's height and the site's theme. */
if (location.hash === "#word") document.querySelector("[value=word]").checked = true;

new ResizeObserver(() => {
  parent.postMessage({ height: document.documentElement.offsetHeight }, "*");
}).observe(document.body);

const [dark] = [...document.styleSheets]
  .flatMap((sheet) => [...sheet.cssRules])
  .filter((rule) => rule.media?.mediaText === "(prefers-color-scheme: dark)");

addEventListener("message", ({ source, data: { theme } }) => {
  if (source !== parent) return;
  const system = "(prefers-color-scheme: dark)";
  dark.media.mediaText = { light: "not all", dark: "all" }[theme] ?? system;
  document.documentElement.style.colorScheme = { light: "light", dark: "dark" }[theme] ?? "";
  dispatchEvent(new Event("resize")); // the sheet is drawn again
});
