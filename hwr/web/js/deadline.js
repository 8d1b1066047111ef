/**
 * A limit to the time that some work may take, kept by the loops inside of it:
 * `hwr/_support/deadline.py`, for a web page, which answers nobody meanwhile.
 */

/** The time is up. */
export class OutOfTimeError extends Error {}

/** The time, as of `performance.now()`, at which it is up. */
let end = Infinity;

/** Do some work, and return what it returns; its loops throw an OutOfTimeError after a time. */
export function timeLimit(seconds, work) {
  end = performance.now() + 1000 * seconds;
  try {
    return work();
  } finally {
    end = Infinity;
  }
}

/** Throw an OutOfTimeError if the time is up; without a limit, it never is. */
export function checkTime() {
  if (performance.now() > end) throw new OutOfTimeError();
}
