"use strict";
// What one network answers, as sweep/reference/network.py says it: for pictures, not for results.
const Network = (() => {
  const LEAK = 0.01;
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));

  // The normal distribution function to 1e-7 (Abramowitz & Stegun 1964, 26.2.17).
  function below(z) {
    const t = 1 / (1 + 0.2316419 * Math.abs(z));
    const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    const above = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
    return z > 0 ? 1 - above : above;
  }

  const ACTIVATIONS = {
    sigmoid,
    tanh: Math.tanh,
    relu: (z) => Math.max(z, 0),
    leaky_relu: (z) => (z > 0 ? z : LEAK * z),
    identity: (z) => z,
    gelu: (z) => z * below(z),
    softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
    silu: (z) => z * sigmoid(z),
    elu: (z) => (z > 0 ? z : Math.expm1(z)),
  };

  // The outputs for one row of inputs; of a softmax the logits.
  function answer(model, parameters, inputs) {
    const { activation, output, biases } = model.layout.recipe;
    let [values, place] = [inputs, 0];
    model.layers.forEach((layer, number) => {
      const isLast = number === model.layers.length - 1;
      const act = isLast ? ACTIVATIONS[output === "sigmoid" ? "sigmoid" : "identity"] : ACTIVATIONS[activation];
      const bias = place + layer.inputs * layer.outputs;
      const from = place;
      values = Array.from({ length: layer.outputs }, (_, unit) => {
        const sum = values.reduce((total, value, i) => total + value * parameters[from + i * layer.outputs + unit], 0);
        return act(sum + (biases === "none" ? 0 : parameters[bias + unit]));
      });
      place = bias + (biases === "none" ? 0 : layer.outputs);
    });
    return values;
  }

  return { answer };
})();
