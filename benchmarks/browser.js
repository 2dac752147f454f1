"use strict";
// Trains what Python hands in (benchmarks/browser.py), again and again for SECONDS, until the engine's last compiler is done
// with it; what is measured is the time after.
const { readFileSync } = require("fs");
const { instantiate } = require("../analysis/report/kernel.js");
const { train } = require("./peers/gustaw.js");

const SECONDS = 1.5;
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

async function main({ module, layout, parameters, epochs, learningRate }) {
  const all = new Float64Array(bytes(parameters).buffer);
  const kernel = module && (await instantiate(bytes(module), layout));
  const trained = (some) => (kernel ? kernel.trainBatch(some, { epochs }).loss : train(some, epochs, learningRate));
  for (const since = performance.now(); performance.now() - since < 1000 * SECONDS;) trained(all);
  const start = performance.now();
  const losses = trained(all);
  return { seconds: (performance.now() - start) / 1000, losses: Array.from(losses) };
}

main(JSON.parse(readFileSync(0, "utf8"))).then((answer) => console.log(JSON.stringify(answer)));
