// A signature drawn with a finger, a pen or a mouse. Without this, writing one's name does the same.
"use strict";

document.querySelectorAll("[data-doudi-pad]").forEach(function (pad) {
  var canvas = pad.querySelector("canvas"), kept = pad.querySelector("input[name=signature]");
  var pen = canvas.getContext("2d"), form = pad.closest("form"), last = null, drawn = 0;
  if (!pen || !window.PointerEvent) return;
  pad.hidden = false;
  pen.lineWidth = 5; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#000";

  function place(event) { // where on the drawing, whatever size it has on this screen
    var box = canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) * canvas.width / box.width, y: (event.clientY - box.top) * canvas.height / box.height };
  }
  canvas.addEventListener("pointerdown", function (event) {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
  });
  canvas.addEventListener("pointermove", function (event) {
    if (!last) return;
    var now = place(event);
    pen.beginPath(); pen.moveTo(last.x, last.y); pen.lineTo(now.x, now.y); pen.stroke();
    drawn += Math.hypot(now.x - last.x, now.y - last.y);
    last = now;
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    canvas.addEventListener(name, function () { last = null; });
  });
  pad.querySelector("[data-doudi-pad-clear]").addEventListener("click", function () {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    drawn = 0; kept.value = "";
  });
  form.addEventListener("submit", function () { // a dot is no signature
    kept.value = drawn > 120 ? canvas.toDataURL("image/png") : "";
  });
});
document.querySelectorAll("[data-doudi-typed]").forEach(function (other) { // open where nothing can be drawn
  var typed = other.querySelector("input");
  other.open = !document.querySelector("[data-doudi-pad]:not([hidden])") || Boolean(typed && typed.value);
});
