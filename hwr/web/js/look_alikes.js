/** The probabilities of a drawing: `hwr/_support/look_alikes.py`, for a web page. */

const { exp, log, max } = Math;

/** Calibrates the probabilities of drawings, within groups of look-alikes and between them. */
export class LookAlikes {
  /**
   * @param {{temperature: number, look_alikes: Object<string, number>}} fitted From the card.
   * @param {string[]} classes
   */
  constructor({ temperature, look_alikes: factors }, classes) {
    this.temperature = temperature;
    const groups = Object.keys(factors);
    const alone = classes.filter((name) => !groups.some((group) => group.includes(name)));
    /** Places of the classes of each group, and the factor of their log-probabilities. */
    this.groups = [...groups, ...alone].map((group) => ({
      places: [...classes.keys()].filter((place) => group.includes(classes[place])),
      factor: factors[group] ?? 1,
    }));
  }

  /** Return probabilities for a uniform prior, calibrated; they sum to 1. */
  calibrate(probabilities) {
    const spread = new Float64Array(probabilities.length);
    for (const { places, factor } of this.groups) {
      const given = places.map((place) => max(probabilities[place], 1e-30));
      const within = given.map((share) => exp(factor * log(share)));
      const group = exp(log(sum(given)) / this.temperature) / sum(within);
      places.forEach((place, i) => (spread[place] = group * within[i]));
    }
    const total = sum(spread);
    return Float32Array.from(spread, (share) => share / total);
  }
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
