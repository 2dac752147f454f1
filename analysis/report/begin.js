"use strict";
// Opens the part of the page that trains, where the browser can.
(() => {
  const { part, field, recipes } = Trainer;
  const reason = Trainer.reason();
  if (reason) {
    field("train-missing").textContent = reason;
    field("train-missing").hidden = false;
    return;
  }
  part.hidden = false;
  const choice = field("train-recipe");
  for (const { name } of recipes) choice.add(new Option(name));
  field("train-recipe-field").hidden = recipes.length < 2;
  choice.addEventListener("change", () => Trainer.choose(choice.selectedIndex));
  for (const one of [TrainHere, Samples, RepeatStudy, StoredAgain]) one.start();
  Trainer.choose(0);
  const look = () => {
    const given = Trainer.fromAddress();
    for (const one of [TrainHere, RepeatStudy]) one.asked(given);
  };
  addEventListener("hashchange", look);
  look();
})();
