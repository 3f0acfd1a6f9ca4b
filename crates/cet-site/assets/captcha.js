// Only for forms with a captcha: proof of work instead of the image, and a new image without losing what was typed.
(function () {
  "use strict";
  // A captcha is valid for five minutes; an unanswered one is renewed in time, for half an hour.
  var OLD = 240000, RENEWALS = 8;

  // SHA-256: the fractional parts of roots of the first 64 primes, and one block of 16 words.
  var K = [], START = [], W = new Int32Array(64);
  for (var n = 2, d; K.length < 64; n++) {
    for (d = 2; d * d <= n && n % d; d++) { /* look for a divisor */ }
    if (d * d <= n) { continue; }
    if (START.length < 8) { START.push(Math.pow(n, 1 / 2) * 4294967296 | 0); }
    K.push(Math.pow(n, 1 / 3) * 4294967296 | 0);
  }
  function turn(x, by) { return x >>> by | x << 32 - by; }
  function block(h, words, from) {
    var a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], z = h[7], i, x, y;
    for (i = 0; i < 64; i++) {
      if (i < 16) {
        W[i] = words[from + i];
      } else {
        x = W[i - 15]; y = W[i - 2];
        W[i] = W[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + W[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10);
      }
      x = z + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
      y = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
      z = g; g = f; f = e; e = d + x | 0; d = c; c = b; b = a; a = x + y | 0;
    }
    return [h[0] + a | 0, h[1] + b | 0, h[2] + c | 0, h[3] + d | 0, h[4] + e | 0, h[5] + f | 0, h[6] + g | 0, h[7] + z | 0];
  }
  function words(text, size) {
    var w = new Int32Array(size), i;
    for (i = 0; i < text.length; i++) { w[i >> 2] |= text.charCodeAt(i) << 24 - i % 4 * 8; }
    return w;
  }

  // The counter, whose digits are changed where they stand.
  var FIRST = "000000000";
  // The first counter whose hash of "id:counter" begins with so many zero bits; yields after each three hundredths of a second.
  function work(id, bits, goes, done) {
    var text = id + ":" + FIRST, begun = START, at = 0, last = text.length - 1, size, w;
    for (; at + 64 <= text.length - FIRST.length; at += 64) { begun = block(begun, words(text.substr(at, 64), 16), 0); }
    size = text.length - at > 55 ? 32 : 16;
    w = words(text.slice(at) + "\x80", size);
    w[size - 1] = text.length * 8;
    function digit(place) { return w[place - at >> 2] >> 24 - (place - at) % 4 * 8 & 15; }
    // The next counter, digit by digit where it stands.
    function next() {
      for (var place = last; ; place--) {
        w[place - at >> 2] += 1 << 24 - (place - at) % 4 * 8;
        if (digit(place) < 10) { return; }
        w[place - at >> 2] -= 10 << 24 - (place - at) % 4 * 8;
      }
    }
    (function some() {
      var pause = Date.now() + 30, n, h, found, place;
      do {
        for (n = 0; n < 100; n++, next()) {
          h = block(begun, w, 0);
          if (size > 16) { h = block(h, w, 16); }
          if (!(h[0] >>> 32 - bits)) {
            for (found = "", place = last - FIRST.length + 1; place <= last; place++) { found += digit(place); }
            done(found);
            return;
          }
        }
      } while (Date.now() < pause);
      if (goes()) { setTimeout(some, 0); }
    })();
  }

  function set(box) {
    var id = box.querySelector("[name=captcha_id]"), input = box.querySelector("[name=captcha]");
    var again = box.querySelector("[data-again]"), proof = document.createElement("input"), status = document.createElement("p");
    var born, renewals = 0;
    proof.type = "hidden";
    proof.name = "captcha_proof";
    status.className = "proven";
    status.setAttribute("role", "status");
    box.appendChild(proof);
    box.appendChild(status);

    function begin() {
      var mine = id.value;
      born = Date.now();
      proof.value = status.textContent = "";
      input.required = true;
      box.classList.remove("done");
      work(mine, Number(box.getAttribute("data-bits")), function () { return id.value === mine; }, function (found) {
        if (id.value !== mine) { return; }
        proof.value = found;
        input.required = false;
        status.textContent = box.getAttribute("data-captcha");
        // If the field has focus already, it stays visible; the error for a wrong answer stays.
        if (document.activeElement !== input && !input.value && !box.classList.contains("bad-f")) { box.classList.add("done"); }
      });
    }
    function renew(then) {
      fetch(again.href, { credentials: "same-origin" }).then(function (answer) { return answer.text(); }).then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-captcha]");
        id.value = fresh.querySelector("[name=captcha_id]").value;
        box.setAttribute("data-bits", fresh.getAttribute("data-bits"));
        box.querySelector("img").src = fresh.querySelector("img").getAttribute("src");
        input.value = "";
        begin();
        if (then) { then(); }
      }).catch(function () { if (then) { location.href = again.href; } });
    }
    function mind() {
      if (document.hidden || input.value || Date.now() - born < OLD || renewals >= RENEWALS) { return; }
      renewals++;
      renew();
    }
    if (again && window.fetch && window.DOMParser) {
      again.addEventListener("click", function (event) {
        event.preventDefault();
        renew(function () { input.focus(); });
      });
      setInterval(mind, 10000);
      document.addEventListener("visibilitychange", mind);
      window.addEventListener("pageshow", function (event) { if (event.persisted) { renew(); } });
    }
    begin();
  }
  Array.prototype.forEach.call(document.querySelectorAll("[data-captcha]"), set);
})();
