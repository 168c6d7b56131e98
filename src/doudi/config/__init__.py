"""The only place that knows everything: settings, urls, jobs, command line."""
