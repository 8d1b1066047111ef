/**
 * Starts TensorFlow.js in a page without a network: its WebAssembly is in the page.
 *
 * The scripts of `hwr/web/tfjs.py`, which define the global `tf`, run before all modules.
 */

/** Id of the element that holds the WebAssembly file, in base64. */
export const WASM = "runtime-wasm";

let started = null;

/**
 * Start TensorFlow.js on WebAssembly, once.
 *
 * @returns {Promise<object>} Its global object, `tf`.
 * @throws {Error} If this browser cannot run it.
 */
export function start() {
  started ??= startOnce();
  return started;
}

async function startOnce() {
  const { tf } = globalThis;
  const wasm = bytes(document.getElementById(WASM).textContent);
  // TensorFlow.js fetches its file through this object. It gets the bytes here, not from a data:
  // URL, so that the page's policy can forbid every connection.
  tf.env().platform.fetch = async () => new Response(wasm);
  tf.wasm.setWasmPaths("in the page/", true);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // threads need a server's headers
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  if (!simd || !(await tf.setBackend("wasm"))) {
    throw new Error(
      "This browser cannot run the network: open the page in a Firefox, Chrome, Edge or Safari " +
        "of 2023 or later.",
    );
  }
  return tf;
}

/** Return the bytes of a text in base64. */
export function bytes(base64) {
  const text = atob(base64);
  const found = new Uint8Array(text.length);
  // A loop, because `Uint8Array.from` takes ten times as long.
  for (let i = 0; i < text.length; i++) found[i] = text.charCodeAt(i);
  return found;
}
