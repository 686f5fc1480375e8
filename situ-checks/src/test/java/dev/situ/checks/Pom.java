package dev.situ.checks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/// Reads what the root pom gives the compiler, so that the tests cannot differ from the build.
final class Pom {
    private Pom() {}

    /// The `<arg>`s of the compiler plugin, in the pom's own build or in a profile.
    static List<String> arguments(Path pom, String profile) {
        String build = profile.isEmpty() ? "/project/build" : "/project/profiles/profile[id='" + profile + "']/build";
        String plugin = build + "/plugins/plugin[artifactId='maven-compiler-plugin']/configuration";
        List<String> arguments = texts(pom, plugin + "/compilerArgs/arg");
        List<String> processors = texts(pom, plugin + "/annotationProcessors/annotationProcessor");
        if (processors.isEmpty()) {
            arguments.add("-proc:none");
        } else {
            arguments.addAll(List.of("-processor", String.join(",", processors)));
        }
        return arguments;
    }

    private static List<String> texts(Path pom, String path) {
        try {
            Document document = DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(pom.toFile());
            XPath xpath = XPathFactory.newDefaultInstance().newXPath();
            NodeList nodes = (NodeList) xpath.evaluate(path, document, XPathConstants.NODESET);
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < nodes.getLength(); i++) {
                texts.add(nodes.item(i).getTextContent().strip());
            }
            return texts;
        } catch (Exception e) {
            throw new AssertionError("cannot read " + pom, e);
        }
    }
}
