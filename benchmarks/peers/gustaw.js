"use strict";
// `gustaw` in plain JavaScript, one network after the other: what a page would have without WebAssembly. The output
// layer is updated before the hidden one, as the published program does.
const INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]];
const TARGETS = [0, 1, 1, 0];
const HIDDEN = 2;

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

// The total loss of a network of these parameters: hidden weights (2, 2) and biases (2), output weights (2) and bias.
function trainOne(parameters, epochs, learningRate) {
  const w1 = parameters.slice(0, 4);
  const b1 = parameters.slice(4, 6);
  const w2 = parameters.slice(6, 8);
  let b2 = parameters[8];
  const h = new Float64Array(4 * HIDDEN);
  const delta = new Float64Array(4);
  let total = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (let row = 0; row < 4; row += 1) {
      let z = b2;
      for (let j = 0; j < HIDDEN; j += 1) {
        const out = sigmoid(INPUTS[row][0] * w1[j] + INPUTS[row][1] * w1[HIDDEN + j] + b1[j]);
        h[row * HIDDEN + j] = out;
        z += out * w2[j];
      }
      const y = sigmoid(z);
      total -= Math.log(TARGETS[row] ? y : 1 - y) / 4;
      delta[row] = learningRate * (y - TARGETS[row]);
    }
    for (let row = 0; row < 4; row += 1) {
      for (let j = 0; j < HIDDEN; j += 1) w2[j] -= h[row * HIDDEN + j] * delta[row];
      b2 -= delta[row];
    }
    for (let row = 0; row < 4; row += 1) {
      for (let j = 0; j < HIDDEN; j += 1) {
        const out = h[row * HIDDEN + j];
        const change = delta[row] * w2[j] * out * (1 - out);
        w1[j] -= INPUTS[row][0] * change;
        w1[HIDDEN + j] -= INPUTS[row][1] * change;
        b1[j] -= change;
      }
    }
  }
  return total;
}

function train(parameters, epochs, learningRate) {
  return Float64Array.from({ length: parameters.length / 9 }, (_, n) => trainOne(parameters.subarray(9 * n, 9 * n + 9), epochs, learningRate));
}

module.exports = { train };
