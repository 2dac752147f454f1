"use strict";
// Pools the trainings of a sweep of a spread, as sweep/statistics/pooling.py does with draws of their own for every
// spread: each training answers for every spread, weighted by how likely its start is there (the balance heuristic:
// Veach & Guibas 1995; Owen & Zhou 2000).
const Pooling = (() => {
  const BINS_PER_DEVIATION = 20;

  // Log-density of draws whose log-lengths are the middles of a bin, at a spread, but for what is the same at all. What was
  // cut from a normal has its density, and like what is uniform none beyond the largest that the spread allows.
  function logDensity(draw, middles, spread, widths) {
    const [log, last] = [Math.log(spread), widths.length - 1];
    let density = -draw.dimension * log;
    if (draw.distribution !== "uniform") density -= Math.exp(2 * (middles[0] + Math.log(draw.underlying) - log)) / 2;
    if (draw.distribution !== "normal") density += Math.log(Math.min(Math.max(0.5 - (middles[last] - log) / widths[last], 0), 1));
    return density;
  }

  function logOfSum(logs, factors) {
    const top = Math.max(...logs);
    if (top === -Infinity) return top;
    return top + Math.log(logs.reduce((sum, log, i) => sum + factors[i] * Math.exp(log - top), 0));
  }

  class Pool {
    // draw: the distribution, the dimension of what the spread scales, the deviations of its log-lengths, and that of the
    // normal that truncated draws were cut from; spreads: the swept ones.
    constructor(draw, spreads) {
      this.draw = draw;
      this.spreads = spreads;
      this.widths = draw.deviations.map((deviation) => deviation / BINS_PER_DEVIATION);
      this.counts = spreads.map(() => 0);
      this.cells = new Map(); // numbers of a bin of lengths -> place of a spread -> [trainings, finite, losses, squares]
    }

    // Add trainings of the spread at a place: the lengths of each, and their losses, NaN where one diverged.
    add(place, lengths, losses) {
      this.counts[place] += lengths.length;
      lengths.forEach((own, i) => {
        const cell = Array.from(own, (length, column) => Math.floor(Math.log(length) / this.widths[column])).join();
        if (!this.cells.has(cell)) this.cells.set(cell, new Map());
        const places = this.cells.get(cell);
        if (!places.has(place)) places.set(place, [0, 0, 0, 0]);
        const sums = places.get(place);
        sums[0] += 1;
        if (!Number.isFinite(losses[i])) return;
        sums[1] += 1;
        sums[2] += losses[i];
        sums[3] += losses[i] ** 2;
      });
    }

    // The sums of every bin over the spreads; products within a spread count n / (n - 1) times, for its variance is told
    // from n - 1 differences.
    bins() {
      const used = this.spreads.map((_, place) => place).filter((place) => this.counts[place]);
      const counts = used.map((place) => this.counts[place]);
      return [...this.cells.keys()].sort().map((cell) => {
        const middles = cell.split(",").map((one, column) => (Number(one) + 0.5) * this.widths[column]);
        const bin = { middles, count: 0, finite: 0, loss: 0, products: [0, 0, 0], places: [] };
        for (const [place, [count, finite, loss, square]] of this.cells.get(cell)) {
          const n = this.counts[place];
          const unbiased = n > 1 ? n / (n - 1) : 1;
          bin.count += count;
          bin.finite += finite;
          bin.loss += loss;
          bin.products = bin.products.map((sum, i) => sum + unbiased * [square, loss, finite][i]);
          bin.places.push([place, finite, loss]);
        }
        bin.logMixture = logOfSum(used.map((place) => logDensity(this.draw, bin.middles, this.spreads[place], this.widths)), counts);
        return bin;
      });
    }

    // The mean loss at any spreads, its standard error, and Kish's effective number of trainings; on demand with the
    // covariance, a row a spread. The linearised share of training i in the mean m at a spread is w_i (f_i - m).
    mean(asked, withCovariance) {
      const bins = this.bins();
      const found = asked.map((spread) => this.meanAt(bins, spread));
      const covariance = (one, other) => {
        let sum = 0;
        for (let row = 0; row < one.factor.length; row += 1) sum += one.factor[row] * other.factor[row];
        this.counts.forEach((n, place) => {
          if (n > 1) sum -= (one.shares[place] * other.shares[place]) / (n - 1);
        });
        return sum / (one.total * other.total);
      };
      return {
        mean: found.map((one) => one.mean),
        effective: found.map((one) => one.effective),
        standardError: found.map((one) => Math.sqrt(Math.max(covariance(one, one), 0))),
        covariance: withCovariance ? found.map((one) => Float64Array.from(found, (other) => covariance(one, other))) : null,
      };
    }

    meanAt(bins, spread) {
      const weights = bins.map((bin) => Math.exp(logDensity(this.draw, bin.middles, spread, this.widths) - bin.logMixture));
      const sum = (of) => bins.reduce((total, bin, i) => total + of(bin, weights[i]), 0);
      const total = sum((bin, w) => w * bin.finite);
      const mean = sum((bin, w) => w * bin.loss) / total;
      const effective = sum((bin, w) => w * bin.count) ** 2 / sum((bin, w) => w * w * bin.count);
      const shares = new Float64Array(this.counts.length);
      const factor = new Float64Array(2 * bins.length);
      bins.forEach((bin, i) => {
        const [squares, both, others] = bin.products;
        const slope = others > 0 ? both / others : 0;
        factor[2 * i] = Math.sqrt(Math.max(squares - slope * both, 0)) * weights[i];
        factor[2 * i + 1] = Math.sqrt(others) * (slope - mean) * weights[i];
        for (const [place, finite, loss] of bin.places) shares[place] += weights[i] * (loss - mean * finite);
      });
      return { total, mean, effective, shares, factor };
    }
  }

  return { Pool };
})();
