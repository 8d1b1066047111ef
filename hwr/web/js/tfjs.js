/**
 * TensorFlow.js, started in a page that must not ask the network: its WebAssembly lies in the page.
 *
 * The scripts of `runtime.py` have made the global `tf` by the time that modules run.
 */

/** The element of the page that holds the WebAssembly file, in base64. */
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
  // TensorFlow.js fetches its file through this object. Handing it over here, not at a data: URL,
  // lets the page's policy forbid every connection.
  tf.env().platform.fetch = async () => new Response(wasm);
  tf.wasm.setWasmPaths("in the page/", true);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // threads need a server's permission
  const can = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  if (!can || !(await tf.setBackend("wasm"))) {
    throw new Error(
      "This browser cannot run the network: open the page in a Firefox, Chrome, Edge or Safari " +
        "of 2023 or later.",
    );
  }
  return tf;
}

/**
 * Give the bytes that base64 stands for.
 *
 * @param {string} base64
 * @returns {Uint8Array}
 */
export function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
