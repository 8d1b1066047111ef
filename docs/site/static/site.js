/* A pad starts when it comes into view: the page of lesson 08, in a frame. */
const frames = new Map();
const watch = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    watch.unobserve(target);
    const frame = document.createElement("iframe");
    frame.title = target.dataset.title;
    frame.src = target.dataset.frame;
    target.append(frame);
    frames.set(frame, target);
  }
});
for (const place of document.querySelectorAll(".hwr-live")) watch.observe(place);

/* Once it runs, it tells its height and takes the picture's place. */
addEventListener("message", ({ source, data }) => {
  for (const [frame, place] of frames) {
    if (frame.contentWindow !== source) continue;
    frame.style.height = `${Math.round(Number(data.height)) + 2}px`; // with its border
    if (!place.classList.contains("hwr-started")) colour(frame);
    place.classList.add("hwr-started");
  }
});

/* The reader's choice of light or dark is a pad's, too. */
const colour = (frame) => frame.contentWindow.postMessage({ theme: document.body.dataset.theme }, "*");
new MutationObserver(() => [...frames.keys()].forEach(colour))
  .observe(document.body, { attributeFilter: ["data-theme"] });
