// Progressive enhancement: every page works without it, and the server decides.
(function () {
  "use strict";
  var $ = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };

  // After a failed form, focus the summary. Its links open the collapsed part that contains their field.
  var errs = document.querySelector(".errs");
  if (errs) { errs.focus(); }
  $(".errs a[href^='#']").forEach(function (link) {
    link.addEventListener("click", function () {
      var field = document.getElementById(link.getAttribute("href").slice(1));
      var fold = field && field.closest("details");
      if (fold) { fold.open = true; }
    });
  });

  // Show and hide a password.
  $("input[data-show]").forEach(function (input) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn sm quiet";
    button.setAttribute("aria-controls", input.id);
    var say = function () { button.textContent = input.getAttribute(input.type === "password" ? "data-show" : "data-hide"); };
    button.addEventListener("click", function () {
      input.type = input.type === "password" ? "text" : "password";
      say();
    });
    if (input.form) { input.form.addEventListener("submit", function () { input.type = "password"; say(); }); }
    say();
    input.insertAdjacentElement("afterend", button);
  });

  // Says in words, as a new password is typed, what is weak about it at sight; the server decides.
  $("output[data-least]").forEach(function (line) {
    var input = line.parentNode.querySelector("input"), words = line.getAttribute("data-words").split("|");
    input.oninput = input.onchange = function () {
      var typed = Array.from(input.value), plain = new Set(typed).size < 5 || !/\D/.test(input.value);
      var word = typed.length ? words[typed.length < line.getAttribute("data-least") ? 0 : plain ? 1 : 2] : "";
      if (line.textContent !== word) { line.textContent = word; }
    };
  });

  // Some browsers drop the table semantics of rows that the stylesheet shows as cards.
  $("table.cards").forEach(function (table) {
    var roles = { TABLE: "table", TR: "row", TD: "cell" };
    [table].concat($("*", table)).forEach(function (part) {
      var role = /^T(HEAD|BODY|FOOT)$/.test(part.tagName) ? "rowgroup" : roles[part.tagName];
      if (part.tagName === "TH") { role = part.getAttribute("scope") === "col" ? "columnheader" : "rowheader"; }
      if (role) { part.setAttribute("role", role); }
    });
  });

  // A pressed button is inactive for 5 s; its value is still submitted.
  document.addEventListener("submit", function (event) {
    var pressed = event.submitter;
    if (!pressed) { return; }
    var wake = function () { pressed.disabled = false; };
    setTimeout(function () { pressed.disabled = true; }, 0);
    setTimeout(wake, 5000);
    window.addEventListener("pageshow", wake);
  });

  var live;
  function say(text) {
    if (!live) {
      live = document.createElement("p");
      live.className = "vh";
      live.setAttribute("role", "status");
      document.body.appendChild(live);
    }
    live.textContent = text;
  }

  // One subject per level: selecting one deselects the other, and says so.
  $("form[data-clash]").forEach(function (form) {
    form.addEventListener("change", function (event) {
      var level = event.target.getAttribute("data-level");
      if (!level || !event.target.checked) { return; }
      $("input[data-level='" + level + "']:checked", form).forEach(function (other) {
        if (other !== event.target) { other.checked = false; say(form.getAttribute("data-clash")); }
      });
    });
  });

  // Updates the time left every minute: <time data-left datetime="…"> fills the .t of its .clock.
  function tick() {
    $(".clock time[datetime]").forEach(function (time) {
      var shown = time.closest(".clock").querySelector(".t[data-left]");
      var left = Math.floor((Date.parse(time.getAttribute("datetime")) - Date.now() - skew) / 60000);
      if (!shown || isNaN(left)) { return; }
      left = Math.max(0, left);
      shown.textContent = shown.getAttribute("data-left").replace("{h}", Math.floor(left / 60)).replace("{m}", left % 60);
    });
  }
  // The page contains the server's time, which a rehearsal may shift.
  var now = document.querySelector("[data-now]");
  var skew = now ? Date.parse(now.getAttribute("data-now")) - Date.now() : 0;
  if (now && document.querySelector(".t[data-left]")) { setInterval(tick, 60000); }

  // Refreshes the seats left every half minute while the page is visible; only a change of state is announced.
  var rows = $("[data-subject][data-campus][data-seats]");
  function seats() {
    if (document.hidden) { return; }
    fetch("/registration/seats.json?campus=" + rows[0].getAttribute("data-campus")).then(function (answer) { return answer.json(); }).then(function (news) {
      rows.forEach(function (row) {
        (news.seats || []).forEach(function (pool) {
          if (pool.subject !== row.getAttribute("data-subject") || pool.campus !== row.getAttribute("data-campus")) { return; }
          var word = row.querySelector(".seat"), meter = row.querySelector("meter");
          if (word) { word.textContent = pool.text; word.className = "seat " + { plenty: "ok", few: "warn", none: "bad" }[pool.seats]; }
          if (meter) { meter.value = pool.left; meter.max = pool.capacity; }
          if (pool.seats !== row.getAttribute("data-seats")) {
            row.setAttribute("data-seats", pool.seats);
            say((row.getAttribute("data-name") || "") + " " + pool.text);
          }
        });
      });
      // Without an answer the numbers stay as they were.
    }).catch(function () {});
  }
  if (rows.length && window.fetch) { setInterval(seats, 30000); }

  // The sum of the selected subjects, in whole fen; empty if none is selected.
  $("[data-sum]").forEach(function (place) {
    var form = place.closest("form");
    function add() {
      var fen = 0, boxes = $("input[data-fee]:checked:enabled", form);
      boxes.forEach(function (box) { fen += Math.round(box.getAttribute("data-fee") * 100) || 0; });
      place.textContent = boxes.length ? place.getAttribute("data-sum").replace("{s}", (fen / 100).toFixed(2)) : "";
    }
    form.addEventListener("change", add);
    add();
  });

  // Whose tickets sw.js shows, where a ticket was kept on this device (keep.js): another's are deleted.
  var own = document.querySelector("[data-of]"), workers = navigator.serviceWorker;
  if (own && workers && workers.controller) {
    // Where this fails, nothing new is kept.
    workers.register("/sw.js?of=" + own.getAttribute("data-of")).catch(function () {});
  }

  // Asks for confirmation (取消) in a dialog with the text of the confirmation page; if that fails, opens the page.
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-ask]");
    if (!link || !window.HTMLDialogElement || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    fetch(link.href).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (text) {
      var asked = new DOMParser().parseFromString(text, "text/html").querySelector("[data-asked]");
      var dialog = document.createElement("dialog");
      dialog.setAttribute("aria-label", link.textContent);
      dialog.appendChild(document.importNode(asked, true));
      dialog.querySelector("[data-close]").addEventListener("click", function (event) { event.preventDefault(); dialog.close(); });
      dialog.addEventListener("close", function () { dialog.remove(); });
      document.body.appendChild(dialog).showModal();
      dialog.scrollTop = 0;
    }).catch(function () { location.href = link.href; });
  });
})();
