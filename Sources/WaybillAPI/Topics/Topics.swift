/// Operations on topics.
enum Topics {
    static let operations: [Operation] = [listTopics, showTopic, putTopic, deleteTopic, retention]
}
