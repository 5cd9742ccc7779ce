# The image of .gitpod.yml: Debian 12, with the user that Gitpod expects and sudo to install packages.
FROM docker.io/library/debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git make sudo && \
	useradd --uid 33333 --create-home --groups sudo --shell /bin/bash gitpod && \
	echo 'gitpod ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/gitpod
USER gitpod
