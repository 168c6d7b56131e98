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

// A file on its way says how far it is; dropping one on the form chooses it. Without this the browser's own sign must do.
document.querySelectorAll("[data-doudi-progress]").forEach(function (form) {
  var file = form.querySelector("input[type=file]"), bar = form.querySelector("progress");
  form.addEventListener("dragover", function (event) { event.preventDefault(); });
  form.addEventListener("drop", function (event) {
    event.preventDefault();
    if (event.dataTransfer.files.length) file.files = event.dataTransfer.files;
  });
  form.addEventListener("submit", function (event) {
    if (event.defaultPrevented || !file.files.length || !window.FormData) return;
    event.preventDefault();
    var sending = new XMLHttpRequest();
    bar.parentNode.hidden = false;
    sending.upload.onprogress = function (told) { if (told.lengthComputable) bar.value = 100 * told.loaded / told.total; };
    sending.onload = function () {
      if (sending.status === 200) { location.href = sending.responseURL; return; }
      document.open(); document.write(sending.responseText); document.close();
    };
    sending.onerror = function () { form.removeAttribute("data-doudi-sent"); bar.parentNode.hidden = true; form.submit(); };
    sending.open("POST", form.action || location.href);
    sending.send(new FormData(form));
  });
});

// Many like questions one after the other: a digit presses the answer that bears it, while the answers have the focus.
(function () {
  var box = document.querySelector("[data-doudi-digits]");
  if (!box) return;
  window.addEventListener("load", function () { // after the address's own fragment had its turn
    setTimeout(function () { if (!document.querySelector("[data-doudi-focus]")) box.focus({ preventScroll: true }); }, 0);
  });
  box.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    var answer = box.querySelector('[data-doudi-digit="' + event.key + '"]');
    if (answer) { event.preventDefault(); answer.click(); }
  });
})();
