/**
 * The ten most probable characters as bars.
 *
 * Digits keep their order. While a stroke of a larger alphabet is drawn, a character keeps its row
 * as long as it is among the ten, so that the eye can follow it; when the pen is lifted, the rows
 * are sorted.
 */
import { className, formatPercent } from "hwr/sentences.js";

export const BARS = 10;

export class Bars {
  /** @param {HTMLTableSectionElement} body Receives the rows. */
  constructor(body) {
    this.table = body.parentElement;
    this.rows = Array.from({ length: BARS }, () => appendRow(body));
    /** @type {number[]} The class in each row. */
    this.shown = [];
  }

  /**
   * Show an answer.
   *
   * @param {Float32Array} probabilities All 0 for an empty drawing.
   * @param {{classes: string[], members: string[]}} alphabet
   * @param {boolean} sure Whether to highlight the best one.
   * @param {boolean} drawing Whether the pen is down, so that rows keep their places.
   */
  show(probabilities, alphabet, sure, drawing) {
    const best = probabilities.indexOf(Math.max(...probabilities));
    const empty = !(probabilities[best] > 0);
    this.shown = this.choose(probabilities, drawing && !empty);
    this.rows.forEach(({ line }, place) => (line.hidden = place >= this.shown.length));
    this.shown.forEach((index, place) => {
      const { line, label, bar, number } = this.rows[place];
      const blank = empty && probabilities.length > BARS;
      line.ariaHidden = String(blank); // a row that only keeps its place
      label.textContent = blank ? "\u00a0" : className(alphabet.classes[index], alphabet);
      bar.style.transform = `scaleX(${probabilities[index].toFixed(4)})`;
      number.textContent = empty ? "\u00a0" : formatPercent(probabilities[index]);
      line.classList.toggle("sure", sure && index === best);
    });
  }

  /**
   * Show whether the drawing is nothing of the alphabet: the bars are striped.
   *
   * @param {boolean} outside
   * @param {string} caption What the bars show.
   */
  doubt(outside, caption) {
    this.table.classList.toggle("outside", outside);
    this.table.caption.textContent = caption;
  }

  /** Return the class for each row. */
  choose(probabilities, drawing) {
    const all = [...probabilities.keys()];
    if (all.length <= BARS) return all;
    const top = all.sort((a, b) => probabilities[b] - probabilities[a] || a - b).slice(0, BARS);
    if (!drawing || this.shown.length === 0) return top;
    const newcomers = top.filter((index) => !this.shown.includes(index));
    return this.shown.map((index) => (top.includes(index) ? index : newcomers.shift()));
  }

  /** Forget the classes in the rows, because another alphabet is chosen. */
  forget() {
    this.shown = [];
  }
}

/** Append a row with a character, its bar and its probability. */
function appendRow(body) {
  const line = body.insertRow();
  line.ariaHidden = "true";
  const label = document.createElement("th");
  label.scope = "row";
  label.textContent = "\u00a0";
  line.append(label);
  const track = line.insertCell();
  const bar = document.createElement("div");
  bar.className = "bar";
  track.className = "track";
  track.append(bar);
  const number = line.insertCell();
  number.className = "number";
  return { line, label, bar, number };
}
