#!/bin/sh
# Makes what the containers of docker-compose.yml know each other by, once; nothing of it is ever printed.
# What is there stays: a later start changes no byte.
#   /keys       for the services alone: the master key, and the secret of the founding act
#   /passwords  for the services and the engines: the passwords of Kafka and MongoDB, and the key of the replica set
# Each volume is mounted only where its files are needed, and read-only; whoever can read the volumes of this Docker engine
# has the secrets.
set -eu
umask 077

# make FILE MODE BYTES: a file of random bytes in hexadecimal, whole or not at all. Kafka takes a file as it is, without
# dropping an end of line: there is none.
make() {
  [ -e "$1" ] && return
  head -c "$3" /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$1.new"
  chown 1000:1000 "$1.new"
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
}

make /keys/master.key 400 32
make /keys/bootstrap.secret 400 24
make /passwords/kafka 444 24
make /passwords/mongodb 444 24
make /passwords/replica-set 444 48
sync
