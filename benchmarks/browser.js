"use strict";
// Trains what Python hands in (benchmarks/browser.py), again and again for SECONDS, until the engine's last compiler is done
// with it; what is measured is the processor's time after, the median of TIMES, for that compiler may take longer.
const { readFileSync } = require("fs");
const { instantiate } = require("../analysis/report/kernel.js");
const { train } = require("./peers/gustaw.js");

const SECONDS = 0.7;
const TIMES = 5;
const seconds = () => process.cpuUsage().user / 1e6;
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

async function main({ module, layout, parameters, epochs, learningRate }) {
  const all = new Float64Array(bytes(parameters).buffer);
  const kernel = module && (await instantiate(bytes(module), layout));
  const trained = (some) => (kernel ? kernel.trainBatch(some, { epochs }).loss : train(some, epochs, learningRate));
  for (const since = seconds(); seconds() - since < SECONDS;) trained(all);
  const spent = [];
  let losses;
  for (let i = 0; i < TIMES; i += 1) {
    const start = seconds();
    losses = trained(all);
    spent.push(seconds() - start);
  }
  return { seconds: spent.sort((a, b) => a - b)[TIMES >> 1], losses: Array.from(losses) };
}

main(JSON.parse(readFileSync(0, "utf8"))).then((answer) => console.log(JSON.stringify(answer)));
