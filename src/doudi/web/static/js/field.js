// Visits without signal: a record waits on the phone until the server has it. Everything also works as plain forms.
"use strict";
(function () {
  var root = document.querySelector("[data-doudi-field]");
  if (!root || !window.indexedDB || !window.crypto || !crypto.subtle || !navigator.serviceWorker) return;
  var store = self.doudiStore, clerk = root.getAttribute("data-doudi-field");
  var banner = document.querySelector("[data-doudi-net]"), list = document.querySelector("[data-doudi-records]");
  var NET = { no: "现在没有网络。放心记，都存在这部手机里。", yes: "有网络。记完会自动送到镇里。" };

  navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" });
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  store.forgetOld();

  function tell(online) {
    if (!banner) return;
    banner.hidden = false;
    banner.className = "note note--" + (online ? "pine" : "amber");
    if (banner.textContent !== NET[online ? "yes" : "no"]) banner.textContent = NET[online ? "yes" : "no"];
  }

  // A fresh form token, and proof that the line is up and the same person is signed in.
  function fresh() {
    var stop = new AbortController();
    setTimeout(function () { stop.abort(); }, 6000);
    return fetch("/field/fresh/", { signal: stop.signal, cache: "no-store", headers: { Accept: "application/json" } }).then(function (answer) {
      if (answer.redirected || !answer.ok) throw new Error("signed out");
      return answer.json();
    });
  }

  function line(record, words, tone) {
    var row = document.createElement("li"), name = document.createElement("span"), state = document.createElement("b");
    row.className = "outbox__one"; name.textContent = record.who + " · " + record.when;
    state.textContent = words; state.className = "outbox__state outbox__state--" + tone;
    row.append(name, state);
    return row;
  }

  function draw() {
    return store.ids("records").then(function (ids) {
      return Promise.all(ids.map(function (id) { return store.unseal("records", id); }));
    }).then(function (records) {
      if (!list) return records;
      list.parentNode.hidden = records.length === 0;
      list.replaceChildren.apply(list, records.map(function (record) {
        return line(record, record.problem || "等网络", record.problem ? "red" : "amber");
      }));
      return records;
    });
  }

  function send(record, token) {
    var body = new FormData();
    record.fields.forEach(function (pair) { if (pair[0] !== "waited") body.append(pair[0], pair[1]); });
    body.append("waited", Math.max(0, Math.round((Date.now() - record.kept) / 1000))); // how long ago it was, whatever the phone's clock says
    return fetch(record.to, { method: "POST", body: body, headers: { "X-CSRFToken": token, Accept: "application/json" } }).then(function (answer) {
      return answer.json();
    }).then(function (said) {
      if (said.state === "kept") return store.remove("records", record.id);
      record.problem = said.words; // stays on the phone with the sentence; never disappears
      return store.seal("records", record.id, record);
    });
  }

  var busy = false;
  function sendAll() {
    if (busy) return Promise.resolve();
    busy = true;
    return fresh().then(function (now) {
      tell(true);
      return draw().then(function (records) {
        return records.reduce(function (before, record) {
          if (record.by !== now.clerk) return before;
          return before.then(function () { return send(record, now.token); });
        }, Promise.resolve());
      });
    }).catch(function (why) { tell(String(why).indexOf("signed out") > 0); }).then(function () { busy = false; return draw(); }).catch(function () {});
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.matches("[data-doudi-outbox]") && !form.dataset.doudiNow) {
      if (!form.reportValidity()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      fresh().then(function (now) {
        form.dataset.doudiNow = "1"; // the line is up: an ordinary post, with a token that still holds
        form.querySelector("[name=csrfmiddlewaretoken]").value = now.token;
        form.requestSubmit();
      }, function () {
        var fields = Array.from(new FormData(form)).filter(function (pair) { return pair[0] !== "csrfmiddlewaretoken"; });
        var id = form.querySelector("[name=once]").value;
        var record = { id: id, by: clerk, to: form.getAttribute("action").split("#")[0], fields: fields,
          who: form.getAttribute("data-doudi-outbox"), kept: Date.now(), when: new Date().toTimeString().slice(0, 5) };
        store.seal("records", id, record).then(function () {
          tell(false);
          form.hidden = true;
          document.querySelector("[data-doudi-kept]").hidden = false;
          document.querySelector("[data-doudi-kept]").focus();
          return draw();
        });
      });
    } else if (form.getAttribute("action") === "/desk/logout/" && !form.dataset.doudiNow) {
      event.preventDefault();
      event.stopImmediatePropagation();
      store.ids("records").then(function (waiting) {
        form.dataset.doudiNow = "1";
        if (waiting.length && !form.dataset.doudiWarned) {
          delete form.dataset.doudiNow; form.dataset.doudiWarned = "1";
          var words = document.createElement("p");
          words.className = "note note--red"; words.setAttribute("role", "alert");
          words.textContent = "这部手机上还有 " + waiting.length + " 条没送出去，退出就没有了。真要退出，再按一次“退出”。";
          document.getElementById("main").prepend(words);
          return;
        }
        store.wipe().then(function () { form.requestSubmit(); });
      });
    }
  }, true);

  window.addEventListener("online", sendAll);
  window.addEventListener("offline", function () { tell(false); });
  sendAll();
})();
