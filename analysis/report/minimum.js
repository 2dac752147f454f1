"use strict";
// Where a pooled mean is lowest, and how sure that is: the parametric bootstrap of sweep/statistics/minimum.py, on a grid
// of spreads that is even in the logarithm.
const Minimum = (() => {
  const SIMULATIONS = 2000;
  const INSIDE = 1.959963984540054; // standard errors to either side that hold 95 % of a normal distribution

  // The factor (rank columns) of a covariance by Cholesky's method with pivots, which ends where what is left is
  // negligible (Higham 2002, sec. 10.3): a smooth curve varies in far fewer directions than it has points.
  function cholesky(covariance) {
    const left = covariance.map((row, i) => row[i]);
    const negligible = 1e-12 * Math.max(...left);
    const columns = [];
    while (columns.length < left.length) {
      const pivot = left.indexOf(Math.max(...left));
      if (!(left[pivot] > negligible)) break;
      const root = Math.sqrt(left[pivot]);
      const column = Float64Array.from(left, (value, i) => {
        const known = columns.reduce((sum, other) => sum + other[i] * other[pivot], 0);
        return value === -Infinity ? 0 : (covariance[i][pivot] - known) / root;
      });
      columns.push(column);
      left.forEach((value, i) => { left[i] = i === pivot ? -Infinity : value - column[i] ** 2; });
    }
    return columns;
  }

  // Where a curve is lowest, to a fraction of a step by the parabola through three points, and how low.
  function lowest(grid, curve) {
    const least = curve.reduce((best, value, i) => (value < curve[best] ? i : best), 0);
    const middle = Math.min(Math.max(least, 1), grid.length - 2);
    const [left, centre, right] = [curve[middle - 1], curve[middle], curve[middle + 1]];
    const bend = left - 2 * centre + right;
    const shift = bend > 0 ? Math.min(Math.max((left - right) / (2 * bend), -1), 1) : least - middle;
    const place = grid[middle] + Math.abs(shift) * (grid[middle + Math.sign(shift)] - grid[middle]);
    return { place, value: centre + shift * ((right - left) / 2 + (shift * bend) / 2) };
  }

  // NumPy's quantile: even steps from the first to the last.
  function quantile(values, share) {
    const ordered = Float64Array.from(values).sort();
    const at = share * (ordered.length - 1);
    const below = Math.floor(at);
    return ordered[below] + (at - below) * ((ordered[below + 1] ?? ordered[below]) - ordered[below]);
  }

  // The minimum of a pooled mean: its spread and the mean there, each with its 95 % interval. The lowest of noisy means
  // lies below the true one, about as far as simulated minima lie below that of their own curve: the upper end of the
  // mean's interval is that much higher.
  function find(pool, low, high, steps = 150) {
    const grid = Array.from({ length: steps + 1 }, (_, i) => Math.log(low) + (i / steps) * Math.log(high / low));
    const found = pool.mean(grid.map(Math.exp), true);
    const columns = cholesky(found.covariance);
    const normal = Draws.normals(Draws.generator(0n));
    const own = lowest(grid, found.mean);
    const simulated = Array.from({ length: SIMULATIONS }, () => {
      const curve = Float64Array.from(found.mean);
      for (const column of columns) {
        const factor = normal();
        for (let i = 0; i < curve.length; i += 1) curve[i] += factor * column[i];
      }
      return lowest(grid, curve);
    });
    const error = found.standardError[grid.reduce((best, at, i) => (Math.abs(at - own.place) < Math.abs(grid[best] - own.place) ? i : best), 0)];
    const below = own.value - simulated.reduce((sum, one) => sum + one.value, 0) / SIMULATIONS;
    const places = simulated.map((one) => Math.exp(one.place));
    return {
      ...found,
      grid: grid.map(Math.exp),
      spread: { estimate: Math.exp(own.place), low: quantile(places, 0.025), high: quantile(places, 0.975) },
      lowest: { estimate: own.value, low: own.value - INSIDE * error, high: own.value + INSIDE * error + Math.max(below, 0) },
    };
  }

  return { INSIDE, find, quantile, lowest, cholesky };
})();
