"""Each answer kept before gets the question it answered; an answer that was too old says so in its own word."""

from uuid import uuid4

from django.db import migrations


def hang(apps, schema):
    Answer, Question = apps.get_model("verification", "Answer"), apps.get_model("verification", "Question")
    for answer in Answer.objects.filter(question=None).select_related("check_asked").iterator():
        check = answer.check_asked
        answer.question = Question.objects.create(
            ref="q" + uuid4().hex[:16],
            check_asked=check,
            pid=answer.pid,
            source=answer.dataset,
            dataset=answer.dataset,
            adapter="lake",
            state="answered",
            asked_at=check.at,
            asked_by=check.by,
            due_at=answer.answered_at,
            sent_at=check.at,
        )
        answer.answered_by = check.by
        if answer.why == "stale":
            answer.said = "stale"
        answer.save(update_fields=["question", "answered_by", "said"])


class Migration(migrations.Migration):
    dependencies = [("verification", "0005_questions")]

    operations = [migrations.RunPython(hang)]
