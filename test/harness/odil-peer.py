# An independent DICOM implementation (Odil, Debian's python3-odil) as a peer of the tests. Reads one JSON line:
#   {"do": "ask", "host", "port", "calling", "called", "contexts": [{"sopClass", "role"}], "messages": [{"command", "dataset"}],
#    "events": N}   associates, sends each message and waits for its response, then for N requests of the other side
#   {"do": "listen", "port", "events": N}   takes associations until N requests have come, and answers each Success
# and writes what came as one JSON line: {"responses": [{command, dataset}], "events": [{command, dataset}]}.
import json
import sys

import odil

implicit = "1.2.840.10008.1.2"
explicit = "1.2.840.10008.1.2.1"
tags = {
    "AffectedSOPClassUID": "00000002", "RequestedSOPClassUID": "00000003", "CommandField": "00000100",
    "MessageID": "00000110", "MessageIDBeingRespondedTo": "00000120", "Priority": "00000700",
    "CommandDataSetType": "00000800", "Status": "00000900", "AffectedSOPInstanceUID": "00001000",
    "RequestedSOPInstanceUID": "00001001", "EventTypeID": "00001002", "ActionTypeID": "00001008",
}


def command_set(fields):
    result = odil.DataSet()
    for name, value in fields.items():
        result.add(odil.Tag(tags[name]), [value], odil.VR.UI if isinstance(value, str) else odil.VR.US)
    return result


def message(fields, dataset):
    fields = dict(fields, CommandDataSetType=0x0101 if dataset is None else 1)
    if dataset is None:
        return odil.messages.Message(command_set(fields))
    return odil.messages.Message(command_set(fields), odil.from_json(json.dumps(dataset)))


def plain(received):
    command = received.get_command_set()
    fields = {}
    for name, tag in tags.items():
        element = odil.Tag(tag)
        if command.has(element) and not command.empty(element):
            isNumber = command.is_int(element)
            value = command.as_int(element)[0] if isNumber else command.as_string(element)[0]
            fields[name] = value if isNumber else value.decode().rstrip("\0")
    dataset = json.loads(odil.as_json(received.get_data_set())) if received.has_data_set() else None
    return {"command": fields, "dataset": dataset}


def answer(association, request):
    """Success to a request of the other side: N-EVENT-REPORT, N-CREATE."""
    command = request["command"]
    fields = {
        "AffectedSOPClassUID": command["AffectedSOPClassUID"],
        "CommandField": command["CommandField"] | 0x8000,
        "MessageIDBeingRespondedTo": command["MessageID"],
        "Status": 0,
        "AffectedSOPInstanceUID": command.get("AffectedSOPInstanceUID", ""),
    }
    if "EventTypeID" in command:
        fields["EventTypeID"] = command["EventTypeID"]
    association.send_message(message(fields, None), command["AffectedSOPClassUID"])


def ask(job):
    association = odil.Association()
    association.set_tcp_timeout(30)
    association.set_peer_host(job["host"])
    association.set_peer_port(job["port"])
    role = odil.AssociationParameters.PresentationContext.Role
    contexts = [
        odil.AssociationParameters.PresentationContext(
            2 * n + 1, one["sopClass"], [implicit, explicit], getattr(role, one.get("role", "SCU"))
        )
        for n, one in enumerate(job["contexts"])
    ]
    association.update_parameters().set_calling_ae_title(job["calling"]).set_called_ae_title(
        job["called"]
    ).set_presentation_contexts(contexts)
    association.associate()
    responses, events = [], []
    for one in job["messages"]:
        fields = dict(one["command"], MessageID=association.next_message_id())
        sop_class = fields.get("AffectedSOPClassUID") or fields.get("RequestedSOPClassUID")
        association.send_message(message(fields, one.get("dataset")), sop_class)
        responses.append(plain(association.receive_message()))
    while len(events) < job.get("events", 0):
        event = plain(association.receive_message())
        events.append(event)
        answer(association, event)
    association.release()
    return {"responses": responses, "events": events}


def listen(job):
    events = []
    while len(events) < job["events"]:
        association = odil.Association()
        association.set_tcp_timeout(60)
        association.receive_association("v4", job["port"])
        try:
            while True:
                event = plain(association.receive_message())
                events.append(event)
                answer(association, event)
        except (odil.AssociationReleased, odil.AssociationAborted):
            pass
    return {"responses": [], "events": events}


job = json.loads(sys.stdin.readline())
print(json.dumps({"ask": ask, "listen": listen}[job["do"]](job)))
