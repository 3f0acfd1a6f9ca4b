# The public site.
portal-nav-home = Home
portal-nav-about = About the test
portal-nav-guide = For candidates
portal-nav-schedule = Test dates
portal-nav-process = How to register
portal-nav-faq = Questions
portal-nav-tips = Special notes
