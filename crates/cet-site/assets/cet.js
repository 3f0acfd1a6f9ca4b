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
    fetch("/registration/seats.json?campus=" + rows[0].getAttribute("data-campus"), { credentials: "same-origin" }).then(function (answer) { return answer.json(); }).then(function (news) {
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
    }).catch(function () { /* the numbers stay as they were */ });
  }
  if (rows.length && window.fetch) { setInterval(seats, 30000); }

  // The sum of the selected subjects, in whole fen.
  $("[data-sum]").forEach(function (place) {
    var form = place.closest("form");
    function add() {
      var fen = 0;
      $("input[data-fee]:checked:enabled", form).forEach(function (box) { fen += Math.round(box.getAttribute("data-fee") * 100) || 0; });
      place.textContent = place.getAttribute("data-sum").replace("{s}", (fen / 100).toFixed(2));
    }
    form.addEventListener("change", add);
    add();
  });

  // Submits the form to a gateway automatically, once: after going back, the page stays.
  var onward = document.querySelector("form[data-submit]");
  if (onward && !history.state) { history.replaceState(1, ""); onward.submit(); }
})();
