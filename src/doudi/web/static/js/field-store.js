// What a visitor's phone keeps: pages of today's visits and records not sent yet, sealed under a key this browser will not
// hand out. Used by the visit pages and by their service worker. Forgetting the key makes the rest unreadable.
"use strict";
self.doudiStore = (function () {
  var wiped = false; // after signing out nothing is written again from this page
  var DAYS = 7 * 24 * 3600 * 1000;
  function open() {
    if (wiped) return Promise.reject(new Error("wiped"));
    return new Promise(function (yes, no) {
      var ask = indexedDB.open("doudi-field", 1);
      ask.onupgradeneeded = function () {
        ["keys", "pages", "records"].forEach(function (name) { ask.result.createObjectStore(name); });
      };
      ask.onsuccess = function () { yes(ask.result); };
      ask.onerror = function () { no(ask.error); };
    });
  }
  function on(name, mode, work) { // one transaction; the answer is what `work` asked for
    return open().then(function (db) {
      return new Promise(function (yes, no) {
        var change = db.transaction(name, mode), ask = work(change.objectStore(name));
        change.oncomplete = function () { db.close(); yes(ask && ask.result); };
        change.onerror = change.onabort = function () { db.close(); no(change.error); };
      });
    });
  }
  function get(name, id) { return on(name, "readonly", function (store) { return store.get(id); }); }
  function put(name, id, value) { return on(name, "readwrite", function (store) { return store.put(value, id); }); }
  function remove(name, id) { return on(name, "readwrite", function (store) { return store.delete(id); }); }
  function ids(name) { return on(name, "readonly", function (store) { return store.getAllKeys(); }); }
  function key() {
    return get("keys", "one").then(function (kept) {
      if (kept) return kept;
      return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]).then(function (made) {
        return on("keys", "readwrite", function (store) { return store.add(made, "one"); }).then(
          function () { return made; }, function () { return get("keys", "one"); }); // the other thread was quicker
      });
    });
  }
  function seal(name, id, value) {
    var nonce = crypto.getRandomValues(new Uint8Array(12));
    return key().then(function (k) {
      return crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, k, new TextEncoder().encode(JSON.stringify(value)));
    }).then(function (sealed) { return put(name, id, { nonce: nonce, sealed: sealed, at: Date.now() }); });
  }
  function unseal(name, id) {
    return Promise.all([key(), get(name, id)]).then(function (both) {
      if (!both[1]) return null;
      return crypto.subtle.decrypt({ name: "AES-GCM", iv: both[1].nonce }, both[0], both[1].sealed).then(function (plain) {
        return JSON.parse(new TextDecoder().decode(plain));
      });
    });
  }
  function forgetOld() { // pages of visits past; records not sent are never dropped silently
    return ids("pages").then(function (all) {
      return Promise.all(all.map(function (id) {
        return get("pages", id).then(function (page) { if (page && Date.now() - page.at > DAYS) return remove("pages", id); });
      }));
    });
  }
  function wipe() {
    wiped = true;
    return new Promise(function (yes) {
      var ask = indexedDB.deleteDatabase("doudi-field");
      ask.onsuccess = ask.onerror = ask.onblocked = function () { yes(); };
    });
  }
  return { seal: seal, unseal: unseal, ids: ids, remove: remove, forgetOld: forgetOld, wipe: wipe };
})();
