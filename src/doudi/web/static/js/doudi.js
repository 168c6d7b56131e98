// Comfort only: every page works without it. Hooks are data-doudi-* attributes; one behaviour a block.
"use strict";

// After an invalid post, reading goes on at the summary of what is missing.
(function () {
  var summary = document.querySelector("[data-doudi-focus]");
  if (summary) summary.focus();
})();

// A pressed button says that it was heard; pressing again sends nothing twice (the server would refuse it anyway).
document.addEventListener("submit", function (event) {
  var form = event.target;
  var button = event.submitter || form.querySelector("button:not([type=button])");
  if (!button || form.hasAttribute("data-doudi-again")) return;
  if (form.getAttribute("data-doudi-sent")) { event.preventDefault(); return; }
  form.setAttribute("data-doudi-sent", "1");
  var waiting = form.getAttribute("data-doudi-waiting");
  if (!waiting) return;
  setTimeout(function () { button.textContent = waiting; }, 300);
  var slow = form.getAttribute("data-doudi-slow");
  if (slow) setTimeout(function () {
    var line = document.createElement("p");
    line.setAttribute("role", "status"); line.className = "note"; line.textContent = slow;
    form.appendChild(line);
  }, 8000);
});
window.addEventListener("pageshow", function () { // back from the next page: the form may be sent again
  document.querySelectorAll("[data-doudi-sent]").forEach(function (form) { form.removeAttribute("data-doudi-sent"); });
});

document.querySelectorAll("[data-doudi-print]").forEach(function (button) {
  button.hidden = false;
  button.addEventListener("click", function () { window.print(); });
});

// Choosing the answer that needs more words opens the place to write them.
document.querySelectorAll("[data-doudi-opens]").forEach(function (answer) {
  answer.addEventListener("change", function () {
    if (answer.checked) document.getElementById(answer.getAttribute("data-doudi-opens")).open = true;
  });
});

// Read aloud, where the phone really has a Chinese (or English) voice; otherwise the button stays away.
(function () {
  var button = document.querySelector("[data-doudi-aloud]");
  if (!button || !window.speechSynthesis) return;
  var language = document.documentElement.lang.slice(0, 2);
  function voice() {
    return speechSynthesis.getVoices().filter(function (v) { return v.lang.slice(0, 2) === language; })[0];
  }
  function show() { button.hidden = !voice(); }
  show();
  speechSynthesis.onvoiceschanged = show;
  button.addEventListener("click", function () {
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); return; }
    var words = new SpeechSynthesisUtterance(document.getElementById("main").innerText);
    words.voice = voice(); words.lang = words.voice.lang; words.rate = 0.9;
    speechSynthesis.speak(words);
  });
})();

// A name that was offered goes to the end of the text, in place of the word begun there.
document.addEventListener("click", function (event) {
  var offer = event.target.closest("[data-doudi-insert]");
  if (!offer) return;
  var text = document.getElementById(offer.getAttribute("data-doudi-into"));
  text.value = text.value.replace(/(P\.)?([A-Za-z_][A-Za-z0-9_.]*|[\u4e00-\u9fff]+)$/, "") + offer.getAttribute("data-doudi-insert") + " ";
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
