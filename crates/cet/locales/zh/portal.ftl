# The public site.
portal-nav-home = 首页
portal-nav-about = 考试简介
portal-nav-guide = 考生须知
portal-nav-schedule = 考试时间
portal-nav-process = 报名流程
portal-nav-faq = 常见问题
portal-nav-tips = 特别提示
