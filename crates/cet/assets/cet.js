// Makes pages more comfortable; every page works without it.
(function () {
  "use strict";
  var errs = document.querySelector(".errs");
  if (errs) { errs.focus(); }
})();
