import RocketMQServer
import WaybillAPI

extension RocketMQMetrics {
    /// The numbers of the face, with the labels by which monitors ask for them.
    init(_ numbers: FaceNumbers) {
        self.init(
            requests: numbers.answers.map { answers in
                ([("rpc", answers.rpc), ("code", "\(answers.codeClass)xxxx")], answers.took)
            },
            streams: [
                ([("kind", "receive")], numbers.receives), ([("kind", "telemetry")], numbers.telemetry),
            ],
            clients: numbers.clients.map { ([("language", $0.language)], $0.count) }, givenBack: numbers.givenBack)
    }
}
