"""The same rules on Apache Spark, for facts that already lie in a cluster. Spark is optional: `requirements/spark.txt`."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doudi.engine.judged import VIEWS, NoFacts, scope_of, statements, view
from doudi.policy.pack import Pack
from doudi.policy.sweep import needed
from doudi.policy.sweep_spark import SparkWriter

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What the answers lean on, whoever made the session.
SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # a number that does not fit is an error, never a wrong or a missing one
    "spark.sql.session.timeZone": "UTC",
    # Looking for shared parts inside branches takes longer than all else once rules are many: exponential in their depth.
    "spark.sql.subexpressionElimination.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",  # one pass asks more than fits one generated method
}


class NoSpark(Exception):
    """Spark cannot run here."""


def session(*, memory: str = "2g", java: str = "") -> SparkSession:
    """Spark on this machine, or the cluster `spark-submit` started us in.

    memory, java: of Spark on this machine, and options for its Java.
    :raises NoSpark: pyspark or Java is not installed
    """
    if importlib.util.find_spec("pyspark") is None:
        raise NoSpark("没有装 Spark。请先运行：.venv/bin/python -m pip install --require-hashes -r requirements/spark.txt")
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise NoSpark("Spark 要用 Java 17 或者更新的版本，这台机器上没有。请先装：apt-get install default-jre-headless")
    from pyspark.sql import SparkSession

    started = SparkSession.getActiveSession()
    if started is None:
        builder = SparkSession.builder.appName("doudi")
        if "PYSPARK_GATEWAY_PORT" not in os.environ:  # spark-submit sets it: then master and memory are its own
            builder = builder.master(f"local[{os.cpu_count()}]")
            here = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false"}
            here |= {"spark.driver.memory": memory, "spark.driver.extraJavaOptions": java, "spark.sql.shuffle.partitions": "4"}
            for name, value in here.items():
                builder = builder.config(name, value)
        started = builder.getOrCreate()
        started.sparkContext.setLogLevel("ERROR")
    for name, value in SETTINGS.items():
        started.conf.set(name, value)
    return started


def with_spark(
    spark: SparkSession, pack: Pack, on: date, facts: Path, out: Path, *, only: Collection[str] | None = None
) -> dict[str, int]:
    """Judge everybody with Spark; how many rows there are of each kind. Rows are those of `judged.with_duckdb`.

    :raises NoFacts: the folder of facts is not complete
    """
    reading = needed(pack, on)
    for name in VIEWS:
        path = facts / f"{name}.parquet"
        if not path.exists():
            raise NoFacts(f"{facts} 里没有 {name}.parquet。要有的文件和列见 docs/howto/run-on-spark.md。")
        table = spark.read.parquet(str(path))
        columns = view(pack.names.facts, reading[name], name, table.columns)
        table.createOrReplaceTempView("given")
        spark.sql(f"SELECT {columns} FROM given").createOrReplaceTempView(name)
    scope = scope_of([row[0] for row in spark.sql("SELECT DISTINCT area FROM household_facts").collect()])
    rows = {}
    for kind, statement in statements(SparkWriter, pack, on, scope, only).items():
        spark.sql(statement).write.mode("overwrite").parquet(str(out / kind))
        rows[kind] = spark.read.parquet(str(out / kind)).count()
    return rows
