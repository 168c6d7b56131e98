{% load static %}// The visit pages on a phone without signal: the newest copy seen, sealed; never any other page of the site.
"use strict";
importScripts("{% static 'js/field-store.js' %}");
var STILL = "doudi-still-{{ version }}";
var PAGE = /^\/field\/((visit|ask)\/[^\/]+\/)?$/;

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(STILL).then(function (cache) { return cache.addAll([{% for file in files %}"{% static file %}"{% if not forloop.last %}, {% endif %}{% endfor %}]); }).then(function () { return self.skipWaiting(); }));
});
self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name !== STILL; }).map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});
self.addEventListener("fetch", function (event) {
  var url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.indexOf("{% get_static_prefix %}") === 0) {
    event.respondWith(caches.match(event.request).then(function (kept) { return kept || fetch(event.request); }));
  } else if (PAGE.test(url.pathname)) {
    event.respondWith(page(event.request, url.pathname));
  }
});
function page(request, path) {
  return fetch(request).then(function (answer) {
    if (answer.ok && !answer.redirected) {
      answer.clone().text().then(function (text) { return self.doudiStore.seal("pages", path, { text: text }); }).catch(function () {});
    }
    return answer;
  }, function () {
    return self.doudiStore.unseal("pages", path).then(function (kept) {
      if (!kept) throw new Error("not on this phone");
      return new Response(kept.text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    }).catch(function () {
      return new Response("<!doctype html><html lang=zh-hans><meta charset=utf-8><meta name=viewport content='width=device-width'><title>没有网络</title><h1>没有网络</h1><p>这一页还没有存到手机里。有网络时打开一次，以后没有信号也能看。</p><p><a href='/field/'>回到今天的走访</a></p>", { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
    });
  });
}
