"use strict";
// Loads the page again after so many seconds; where something was trained in it, its reader says when.
(() => {
  const offer = document.getElementById("reload");
  offer.querySelector("button").addEventListener("click", () => location.reload());
  setTimeout(() => {
    if (typeof Trainer === "object" && Trainer.isUsed) offer.hidden = false;
    else location.reload();
  }, 1000 * SECONDS);
})();
