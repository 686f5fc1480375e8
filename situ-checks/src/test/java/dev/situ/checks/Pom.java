package dev.situ.checks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/// Reads what the root pom gives the compiler, so that the tests cannot differ from the build.
final class Pom {
    private static final String COMPILER = "/plugins/plugin[artifactId='maven-compiler-plugin']/configuration";

    private Pom() {}

    /// What a main source is compiled with, in an ordinary build.
    static List<String> arguments(Path pom) {
        String plugin = "/project/build" + COMPILER;
        List<String> arguments = texts(pom, plugin + "/compilerArgs/arg");
        String errorProne = texts(pom, "/project/properties/situ.errorprone").getFirst();
        for (String argument : texts(pom, plugin + "/compilerArgument")) {
            arguments.add(argument.replace("${situ.errorprone}", errorProne));
        }
        arguments.add("-proc:none");
        return arguments;
    }

    /// What it is compiled with under `-Pleaks`.
    static List<String> leakArguments(Path pom) {
        return texts(pom, "/project/profiles/profile[id='leaks']/build" + COMPILER + "/compilerArgs/arg");
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
                Node node = Objects.requireNonNull(nodes.item(i));
                texts.add(Objects.requireNonNull(node.getTextContent()).strip());
            }
            return texts;
        } catch (Exception e) {
            throw new AssertionError("cannot read " + pom, e);
        }
    }
}
