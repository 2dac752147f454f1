"use strict";
// What the draws of a layer at a spread of 1 are: as many numbers as it has weights and drawn biases, by what they are
// drawn from, as `sweep.study.distributions` has it. even gives numbers between 0 and 1, normal normal ones.
const Distributions = (() => {
  const fill = (count, draw) => Float64Array.from({ length: count }, draw);

  // Normal numbers within the cut, widened to a deviation of 1.
  function within(cut, deviation, normal) {
    for (;;) {
      const number = normal();
      if (Math.abs(number) <= cut) return number / deviation;
    }
  }

  // Columns made orthogonal, each of length 1, by Gram and Schmidt, twice for the digits that nearly parallel ones lose;
  // its R has a positive diagonal, so that of normal columns every such matrix is as likely.
  function orthonormal(columns) {
    columns.forEach((column, j) => {
      for (const before of [...columns.slice(0, j), ...columns.slice(0, j)]) {
        const along = column.reduce((sum, value, i) => sum + value * before[i], 0);
        column.forEach((value, i) => { column[i] = value - along * before[i]; });
      }
      const length = Math.hypot(...column);
      column.forEach((value, i) => { column[i] = value / length; });
    });
    return columns;
  }

  // Weights (inputs, outputs), row by row, whose rows or columns, whichever are fewer, are orthogonal.
  function orthogonal(layer, normal) {
    const [most, fewest] = [Math.max(layer.inputs, layer.outputs), Math.min(layer.inputs, layer.outputs)];
    const columns = orthonormal(Array.from({ length: fewest }, () => fill(most, normal)));
    const at = layer.inputs >= layer.outputs ? (row, column) => columns[column][row] : (row, column) => columns[row][column];
    return fill(layer.inputs * layer.outputs, (_, i) => Math.sqrt(most) * at(Math.floor(i / layer.outputs), i % layer.outputs));
  }

  // The draws of one layer, `count` numbers.
  function draws(layer, count, even, normal) {
    if (layer.distribution === "uniform") return fill(count, () => layer.largest * (2 * even() - 1));
    if (layer.distribution === "truncated_normal") return fill(count, () => within(layer.cut, layer.cut / layer.largest, normal));
    if (layer.distribution === "orthogonal") {
      const weights = orthogonal(layer, normal);
      return fill(count, (_, i) => (i < weights.length ? weights[i] : normal()));
    }
    const drawn = fill(count, normal);
    if (layer.distribution !== "sphere") return drawn;
    const length = Math.hypot(...drawn);
    return drawn.map((value) => (value * layer.length) / length);
  }

  return { draws };
})();
