// 保存到本机: keeps an admission ticket on this device for use without a network when its owner asks for it, and removes it
// again. sw.js shows it, to its owner only; logging out, or another's log-in, removes it.
(function () {
  "use strict";
  var own = document.querySelector("[data-of]"), workers = navigator.serviceWorker;
  var links = Array.prototype.slice.call(document.querySelectorAll("a[data-keep]"));
  // Without a secure connection there are neither workers nor caches.
  if (!own || !workers || !window.caches || !links.length) { return; }
  var of = own.getAttribute("data-of");
  function cache() { return caches.open("ticket-" + of); }

  // The copy is without the other headers, so that it is shown and not downloaded again.
  function keep(path, name) {
    return workers.register("/sw.js?of=" + of).then(function () { return workers.ready; }).then(function () {
      return fetch(path);
    }).then(function (answer) {
      if (!answer.ok || answer.headers.get("Content-Type") !== "application/pdf") { throw answer; }
      return answer.blob();
    }).then(function (file) {
      var headers = { "Content-Type": "application/pdf", "Kept-As": encodeURIComponent(name) };
      return cache().then(function (place) { return place.put(path, new Response(file, { headers: headers })); });
    });
  }

  links.forEach(function (link) {
    var path = link.getAttribute("href"), button = document.createElement("button"), label = document.createElement("span");
    var name = link.querySelector(".vh").cloneNode(true);
    button.type = "button";
    button.className = "btn sm quiet";
    label.setAttribute("role", "status");
    button.appendChild(label);
    button.appendChild(name);
    function show(state) {
      button.setAttribute("data-state", state);
      label.textContent = link.getAttribute("data-" + state);
    }
    button.addEventListener("click", function () {
      var done = button.getAttribute("data-state") === "kept"
        ? cache().then(function (place) { return place.delete(path); }).then(function () { show("keep"); })
        : keep(path, name.textContent.trim()).then(function () { show("kept"); });
      done.catch(function () { show("unkept"); });
    });
    cache().then(function (place) { return place.match(path); }).then(function (found) {
      show(found ? "kept" : "keep");
      link.insertAdjacentElement("afterend", button);
      document.querySelector("[data-keep-hint]").hidden = false;
      // Without an answer the button is not offered.
    }).catch(function () {});
  });
})();
