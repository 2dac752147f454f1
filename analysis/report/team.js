"use strict";
// Workers that train the tasks of one job at a time. A worker that fails, or is silent for too long, is replaced, and its
// task is given to another: what a network comes to does not depend on who trains it.
class Team {
  static BUSY = 100; // milliseconds that a task is to take
  static PATIENCE = 5000; // milliseconds, the least, before a silent worker counts as dead
  static TRIES = 3;
  static MOST = 512; // networks in a task
  static ROOM = 2 ** 26; // bytes of memory that those of a task take, at most

  // model: what the page embeds of a recipe; size: workers.
  constructor(model, size) {
    const { lanes } = model.layout;
    Object.assign(this, { model, size, workers: [], again: [], job: null, networks: lanes, each: null, replaced: 0 });
  }

  static address() {
    if (!Team.made) {
      const script = document.getElementById("training-script").textContent;
      Team.made = URL.createObjectURL(new Blob([script, "\nserveTrainings();"], { type: "text/javascript" }));
    }
    return Team.made;
  }

  // Train a job, of which so many networks are `left`: its next(networks) gives a task or null, take(task, result) gets
  // what became of it.
  start(job) {
    this.job = job;
    while (this.workers.length < this.size) this.workers.push(this.hire());
    this.clock ??= setInterval(() => this.look(), 1000);
    for (const one of this.workers) this.give(one);
  }

  // Begin no further task; those under way are still taken.
  stop() {
    this.job = null;
  }

  dismiss() {
    this.stop();
    clearInterval(this.clock);
    this.clock = null;
    for (const one of this.workers) one.worker.terminate();
    this.workers = [];
  }

  hire() {
    const one = { worker: new Worker(Team.address()), task: null, since: 0 };
    one.worker.onmessage = ({ data }) => this.take(one, data);
    one.worker.onerror = (event) => {
      event.preventDefault();
      this.replace(one, event.message || "a worker ended");
    };
    one.worker.postMessage({ model: this.model });
    return one;
  }

  give(one) {
    if (one.task) return;
    let task = this.again.shift();
    if (!task) {
      const job = this.job;
      const { lanes } = this.model.layout;
      const share = job ? lanes * Math.ceil(job.left / this.size / 2 / lanes) : 0; // so that all work to the end
      const ask = job && job.next(Math.max(Math.min(this.networks, share), lanes));
      if (!ask) return;
      task = { job, ask, tries: 0 };
    }
    Object.assign(one, { task, since: performance.now() });
    one.worker.postMessage(task.ask);
  }

  take(one, result) {
    const { task } = one;
    const each = (performance.now() - one.since) / task.ask.count;
    one.task = null;
    this.each = each;
    const { batch, lanes } = this.model.layout;
    const most = Math.min(Team.MOST, Math.max(Math.floor(Team.ROOM / batch.size), 1) * lanes);
    this.networks = Math.min(Math.max(lanes * Math.round(Team.BUSY / (each || 0.01) / lanes), lanes), most);
    task.job.take(task.ask, result);
    this.give(one);
  }

  look() {
    const now = performance.now();
    for (const one of this.workers.filter(({ task }) => task)) {
      const expected = this.each === null ? 60_000 : 50 * this.each * one.task.ask.count;
      if (now - one.since > Math.max(Team.PATIENCE, expected)) this.replace(one, "a worker was silent");
    }
  }

  replace(one, reason) {
    const place = this.workers.indexOf(one);
    if (place < 0) return;
    one.worker.terminate();
    this.workers.splice(place, 1);
    if (!one.task) return; // another is hired when there is something to do
    this.replaced += 1;
    one.task.tries += 1;
    if (one.task.tries >= Team.TRIES) {
      one.task.job.fail(reason);
      this.stop();
      return;
    }
    this.again.push(one.task);
    this.workers.push(this.hire());
    this.give(this.workers[this.workers.length - 1]);
  }
}
