/**
 * The most probable characters as bars, ten of them, which stand still while someone draws.
 *
 * Digits keep their order. Of a larger alphabet the ten most probable are shown; while a stroke is
 * drawn a character keeps its row as long as it is among them, so that the eye can follow it, and
 * when the pen is lifted the rows are sorted.
 */
import { name, percent } from "hwr/says.js";

/** Bars that are shown: as many as there are digits. */
export const BARS = 10;

export class Bars {
  /** @param {HTMLTableSectionElement} body Where the rows go. */
  constructor(body) {
    this.rows = Array.from({ length: BARS }, () => row(body));
    /** @type {number[]} The class that each row shows. */
    this.shown = [];
  }

  /**
   * Show an answer.
   *
   * @param {Float32Array} probabilities All 0 for an empty drawing.
   * @param {{classes: string[], members: string[]}} alphabet
   * @param {boolean} sure Whether the best one stands out.
   * @param {boolean} drawing Whether the pen is down: rows then stay where they are.
   */
  show(probabilities, alphabet, sure, drawing) {
    const best = probabilities.indexOf(Math.max(...probabilities));
    const empty = !(probabilities[best] > 0);
    this.shown = this.choose(probabilities, drawing && !empty);
    this.shown.forEach((index, place) => {
      const { line, label, bar, number } = this.rows[place];
      const blank = empty && probabilities.length > BARS;
      label.textContent = blank ? "\u00a0" : name(alphabet.classes[index], alphabet);
      bar.style.transform = `scaleX(${probabilities[index].toFixed(4)})`;
      number.textContent = empty ? "\u00a0" : percent(probabilities[index]);
      line.classList.toggle("sure", sure && index === best);
    });
  }

  /** Choose the class for each row. */
  choose(probabilities, drawing) {
    const all = [...probabilities.keys()];
    if (all.length <= BARS) return all;
    const top = all.sort((a, b) => probabilities[b] - probabilities[a] || a - b).slice(0, BARS);
    if (!drawing || this.shown.length === 0) return top;
    const newcomers = top.filter((index) => !this.shown.includes(index));
    return this.shown.map((index) => (top.includes(index) ? index : newcomers.shift()));
  }

  /** Forget the rows' classes, as they belong to another alphabet. */
  forget() {
    this.shown = [];
  }
}

/** Add a row: the character, its bar, its probability. */
function row(body) {
  const line = body.insertRow();
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
