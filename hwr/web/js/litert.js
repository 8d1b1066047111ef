/**
 * Runs the operations and weights that `hwr/web/litert.py` reads from a LiteRT file.
 *
 * Each operation is one function of TensorFlow.js. Both runtimes calculate with 32 bits but add in
 * different orders, so that their logits agree to about six digits, not to the last bit.
 *
 * @typedef {{kind: string, inputs: number[], output: number}} Operation
 * Together with its settings: see `hwr.web.litert.Operation`.
 *
 * @typedef {{shape: number[], type: "float32"|"float16"|"int8", data: string, scales?: Weight}}
 *   Weight
 * From `hwr.web.quantization.encode`; `data` is in base64, lowest byte first.
 */

import { SIDE } from "hwr/ink.js";
import { HEIGHT } from "hwr/line_image.js";
import { bytes, start } from "hwr/tfjs.js";
import { COLUMNS_PER_FRAME } from "hwr/line_image.js";

/** Number of images that run at once; more would only take more memory. */
const BATCH = 64;

/** A network that is ready to run; its subclasses know what it reads. */
class Network {
  /**
   * Start TensorFlow.js, decode the weights, and run once, because the first run is slow.
   *
   * @param {{input: number, output: number, operations: Operation[],
   *   weights: Object<string, Weight>}} described From `hwr.web.quantization.encode`.
   * @returns {Promise<this>}
   */
  static async load(described) {
    const network = new this(await start(), described);
    network.warmUp();
    return network;
  }

  /** Use `load`. */
  constructor(tf, { input, output, operations, weights }) {
    Object.assign(this, { tf, input, output, operations });
    this.weights = tf.tidy(() => {
      const tensors = Object.entries(weights).map(([i, weight]) => [i, decode(tf, weight)]);
      return toTfLayout(tf, operations, Object.fromEntries(tensors));
    });
  }

  /**
   * Run the network on images of one size.
   *
   * @param {Uint8Array[]} images Greys, row by row; ink is 255.
   * @param {number} height
   * @param {number} width
   * @param {(operation: Operation, output: object) => void} [watch] Sees each operation's output,
   *   a tensor that lives as long as the call.
   * @returns {Float32Array} The logits, one after the other.
   */
  forward(images, height, width, watch = () => {}) {
    const { tf } = this;
    const pixels = new Float32Array(images.length * height * width);
    images.forEach((image, i) => pixels.set(image, i * height * width));
    pixels.forEach((grey, i) => (pixels[i] = grey / 255));
    return tf.tidy(() => {
      const tensors = { ...this.weights };
      tensors[this.input] = tf.tensor(pixels, [images.length, height, width, 1]);
      for (const operation of this.operations) {
        const inputs = operation.inputs.map((tensor) => tensors[tensor]);
        const { kind, output, activation } = operation;
        const result = OPERATIONS[kind](tf, inputs, operation);
        tensors[output] = activation ? tf[activation](result) : result;
        watch(operation, tensors[output]);
      }
      return tensors[this.output].dataSync();
    });
  }
}

/** A network of single characters: from images to logits. */
export class CharacterNetwork extends Network {
  warmUp() {
    this.run([new Uint8Array(SIDE * SIDE)]);
  }

  /**
   * Run the network.
   *
   * @param {Uint8Array[]} images Each 28x28 greys, row by row; ink is 255.
   * @returns {Float32Array[]} Logits for each image.
   */
  logits(images) {
    const rows = [];
    for (let first = 0; first < images.length; first += BATCH) {
      rows.push(...this.run(images.slice(first, first + BATCH)));
    }
    return rows;
  }

  /** Run one batch; `watch` as for `forward`. */
  run(images, watch) {
    return split(this.forward(images, SIDE, SIDE, watch), images.length);
  }
}

/** A network of words: from a line of any width to logits in every frame. */
export class LineNetwork extends Network {
  warmUp() {
    const [height, width] = [HEIGHT, 4 * HEIGHT];
    this.logits({ height, width, pixels: new Uint8Array(height * width) });
  }

  /**
   * Run the network.
   *
   * @param {import("hwr/line_image.js").LineImage} image
   * @returns {Float32Array[]} Logits for each frame, from left to right.
   */
  logits({ height, width, pixels }) {
    return split(this.forward([pixels], height, width), width / COLUMNS_PER_FRAME);
  }
}

/** Return numbers in equal parts. */
function split(numbers, parts) {
  const size = numbers.length / parts;
  return Array.from({ length: parts }, (_, i) => numbers.subarray(i * size, (i + 1) * size));
}

// --- weights -----------------------------------------------------------------------------------

/** Return a `Weight` as a tensor of 32-bit numbers. */
function decode(tf, { shape, type, data, scales }) {
  const { buffer } = bytes(data);
  if (type === "int8") {
    const whole = tf.tensor(Float32Array.from(new Int8Array(buffer)), shape);
    return tf.mul(whole, decode(tf, scales)); // one scale for each output channel
  }
  if (type === "float16") return tf.tensor(halves(new Uint16Array(buffer)), shape);
  return tf.tensor(new Float32Array(buffer), shape);
}

/** All numbers of 16 bits, once they are needed. */
let allHalves = null;

/** Return the numbers that 16 bits each encode; a million are looked up in a few milliseconds. */
function halves(bits) {
  allHalves ??= Float32Array.from({ length: 1 << 16 }, (_, each) => float16(each));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = allHalves[bits[i]];
  return values;
}

/** Return the number that 16 bits encode: a sign, 5 bits of exponent, 10 of fraction. */
export function float16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24; // subnormal: no leading 1
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Transpose weights from LiteRT's layout to that of TensorFlow.js. */
function toTfLayout(tf, operations, weights) {
  for (const { kind, inputs } of operations) {
    const filter = inputs[1];
    if (kind === "CONV_2D") weights[filter] = tf.transpose(weights[filter], [1, 2, 3, 0]);
    if (kind === "FULLY_CONNECTED") weights[filter] = tf.transpose(weights[filter]);
  }
  return weights;
}

// --- operations --------------------------------------------------------------------------------

/** LiteRT's operations in TensorFlow.js: from input tensors and settings to a tensor. */
const OPERATIONS = {
  CONV_2D: (tf, [x, filter, bias], { strides, padding, dilations }) =>
    tf.fused.conv2d({ x, filter, bias, strides, pad: padding, dilations }),
  DEPTHWISE_CONV_2D: (tf, [x, filter, bias], { strides, padding, dilations }) => {
    const [, height, width, outputs] = filter.shape;
    const channels = x.shape[3];
    const kernels = tf.reshape(filter, [height, width, channels, outputs / channels]);
    const weights = { filter: kernels, bias };
    return tf.fused.depthwiseConv2d({ x, ...weights, strides, pad: padding, dilations });
  },
  FULLY_CONNECTED: (tf, [a, b, bias]) =>
    tf.fused.matMul({ a: tf.reshape(a, [-1, b.shape[0]]), b, bias }),
  MAX_POOL_2D: (tf, [x], { size, strides, padding }) => tf.maxPool(x, size, strides, padding),
  AVERAGE_POOL_2D: (tf, [x], { size, strides, padding }) => tf.avgPool(x, size, strides, padding),
  ADD: (tf, [a, b]) => tf.add(a, b),
  SUB: (tf, [a, b]) => tf.sub(a, b),
  MUL: (tf, [a, b]) => tf.mul(a, b),
  CONCATENATION: (tf, inputs, { axis }) => tf.concat(inputs, axis),
  MEAN: (tf, [x], { axes, keep }) => tf.mean(x, axes, keep),
  REDUCE_MAX: (tf, [x], { axes, keep }) => tf.max(x, axes, keep),
  PAD: (tf, [x], { paddings }) => tf.pad(x, paddings),
  RESHAPE: (tf, [x], { shape }) => tf.reshape(x, shape),
  RELU: (tf, [x]) => tf.relu(x),
  RELU6: (tf, [x]) => tf.relu6(x),
  LEAKY_RELU: (tf, [x], { alpha }) => tf.leakyRelu(x, alpha),
  ELU: (tf, [x]) => tf.elu(x),
  LOGISTIC: (tf, [x]) => tf.sigmoid(x),
  TANH: (tf, [x]) => tf.tanh(x),
  SOFTMAX: (tf, [x]) => tf.softmax(x),
};
