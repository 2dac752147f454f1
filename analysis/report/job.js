"use strict";
// Trainings of one spread or of many, so many repeats of each, and what became of them so far.
class Job {
  // settings: the seed, the number of epochs and the learning rate.
  constructor(spreads, repeats, settings) {
    const total = spreads.length * repeats;
    Object.assign(this, { spreads, repeats, settings, total, done: 0, failed: null, ran: 0, since: null });
    this.given = spreads.map(() => 0);
    this.losses = new Float64Array(total).fill(NaN);
    this.lengths = null; // those of one network behind those of another
    this.solved = new Uint8Array(total);
    this.known = new Uint8Array(total);
  }

  // The next task, of the spread that has got the fewest; null when all are given.
  next(networks) {
    const place = this.given.reduce((least, n, i) => (n < this.given[least] ? i : least), 0);
    const first = this.given[place];
    const count = Math.min(networks, this.repeats - first);
    if (!count) return null;
    this.given[place] += count;
    return { ...this.settings, place, spread: this.spreads[place], first, count };
  }

  get left() {
    return this.given.reduce((left, n) => left - n, this.total);
  }

  take({ place, first, count }, { lengths, loss, solved }) {
    const from = place * this.repeats + first;
    this.losses.set(loss, from);
    this.lengths ??= new Float64Array((lengths.length / count) * this.total);
    this.lengths.set(lengths, from * (lengths.length / count));
    this.solved.set(solved, from);
    this.known.fill(1, from, from + count);
    this.done += count;
    if (this.done === this.total) this.pause();
  }

  fail(reason) {
    this.failed = reason;
    this.pause();
  }

  // Time counts from run to pause.
  run() {
    this.since = performance.now();
  }

  pause() {
    this.ran = this.seconds;
    this.since = null;
  }

  get seconds() {
    return this.ran + (this.since === null ? 0 : (performance.now() - this.since) / 1000);
  }

  get isDone() {
    return this.done === this.total || this.failed !== null;
  }

  get perSecond() {
    return this.seconds > 0 ? this.done / this.seconds : 0;
  }

  // Mean, standard error and fraction solved of the trainings of a place; they do not depend on the order of arrival.
  summary(place = 0) {
    const all = Array.from({ length: this.repeats }, (_, i) => place * this.repeats + i).filter((i) => this.known[i]);
    const losses = all.map((i) => this.losses[i]).filter(Number.isFinite);
    const n = losses.length;
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
    const square = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
    const error = n > 1 ? Math.sqrt(square / (n - 1) / n) : NaN;
    return { n: all.length, diverged: all.length - n, mean, error, solved: all.filter((i) => this.solved[i]).length / all.length };
  }

  // The trainings so far as a pool, in their own order.
  pool(draw) {
    const [pool, columns] = [new Pooling.Pool(draw, this.spreads), draw.deviations.length];
    this.spreads.forEach((_, place) => {
      const own = Array.from({ length: this.repeats }, (__, i) => place * this.repeats + i).filter((i) => this.known[i]);
      pool.add(place, own.map((i) => this.lengths.subarray(i * columns, (i + 1) * columns)), own.map((i) => this.losses[i]));
    });
    return pool;
  }
}
