"use strict";
// Trains what Python hands in, and hands back what a person who uses kernel.js gets; numbers keep their bits (base64).
const { readFileSync } = require("fs");
const { instantiate, learningRates } = require("../../analysis/report/kernel.js");

const bytes = (text) => Buffer.from(text, "base64");
const numbers = (text) => new Float64Array(new Uint8Array(bytes(text)).buffer);
const text = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
const packed = (result) => Object.fromEntries(Object.entries(result).map(([name, array]) => [name, text(array)]));

async function main({ module, layout, parameters, keys, parts, options }) {
  const compiled = new WebAssembly.Module(bytes(module));
  const kernel = await instantiate(parts ? compiled : bytes(module), layout);
  const results = [];
  if (parts) {
    const rates = learningRates(layout.recipe);
    kernel.begin(numbers(parameters), { keys });
    for (let first = 0, number = 0; number < parts.length; first += parts[number], number += 1) {
      results.push(kernel.trainPart(rates.slice(first, first + parts[number])));
    }
  } else {
    // Twice: what a training left behind is in no later one.
    kernel.trainBatch(numbers(parameters).map((one) => one + 1), { epochs: 7 });
    results.push(kernel.trainBatch(numbers(parameters), { keys, ...options }));
  }
  return {
    imports: WebAssembly.Module.imports(compiled),
    exports: WebAssembly.Module.exports(compiled),
    rates: text(learningRates(layout.recipe)),
    results: results.map(packed),
  };
}

main(JSON.parse(readFileSync(0, "utf8"))).then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => {
    console.error(`${error.name}: ${error.message}`);
    process.exitCode = 1;
  },
);
